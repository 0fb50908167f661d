/**
 * The verdict on a text that is out of the gate's order: an edit of what went out, or what was never asked about there.
 * Writes nothing, and says the same after a crash.
 */
import type { DraftOf, Entry, ErasedEntry } from '../../core/entry.ts';
import { withoutQuote } from '../../core/command-text.ts';
import type { Position } from '../../core/ids.ts';
import { isJsonObject } from '../../core/json.ts';
import type { JudgedMessage } from '../message.ts';
import type { RuleSet } from '../rule.ts';
import { contextOf } from './context-of.ts';
import { pieceOf } from './event-texts.ts';
import type { Place } from './feasible.ts';
import { filesGoingOut, type FilesGoingOut } from './files-going-out.ts';
import { filesNamedIn, messageOf } from './message-of.ts';
import type { ScreenDeps } from './screen.ts';
import { saysNothing, verdictDraft } from './verdict-draft.ts';

export interface JudgeLateDeps extends Omit<ScreenDeps, 'rules'> {
  readonly journal: ScreenDeps['journal'] & { read(position: Position): Promise<Entry | ErasedEntry | undefined> };
  /** Without it files are judged by their names alone. */
  readonly filesGoingOut?: FilesGoingOut;
}

export interface Late {
  readonly of: Position;
  readonly version?: Position;
  /** Says it. */
  readonly entry: Entry;
  readonly message: JudgedMessage;
  readonly set: RuleSet;
  readonly place: Place;
  readonly afterwards?: true;
}

export type LateVerdict =
  | { readonly is: 'clean' }
  | { readonly is: 'verdict'; readonly draft: DraftOf<'policy.verdict'> }
  /** A file is on its way, or the engine begins anew. */
  | { readonly is: 'later'; readonly afterMs: number };

const NOT_READY_MS = 250;
/** A file is on its way from the homeserver, or given up. */
const NOT_STORED_MS = 2_000;

export async function judgeLate(late: Late, deps: JudgeLateDeps): Promise<LateVerdict> {
  const { entry, set, place, afterwards } = late;
  const message = await withFiles(late, deps);
  if (message === undefined) return { is: 'later', afterMs: NOT_STORED_MS };
  const verdict = await deps.scanner.judge(set, message, await contextOf(entry, 'outbound', deps));
  if (verdict === undefined) return { is: 'later', afterMs: NOT_READY_MS };
  if (saysNothing(verdict)) return { is: 'clean' };
  const later = afterwards === undefined ? {} : { afterwards };
  const making = { set, place, now: deps.clock.now(), expiresMs: 0, ...later };
  return { is: 'verdict', draft: verdictDraft({ ...late, message, verdict }, making) };
}

/** What stands in the room: of a reply its own words, as at the gate, for whoever shows what was found looks for it in these. */
export function messageInRoom(entry: Entry): JudgedMessage | undefined {
  const message = messageOf(entry);
  return message === undefined ? undefined : { ...message, pieces: ownWords(entry, message.pieces) };
}

function ownWords(entry: Entry, pieces: JudgedMessage['pieces']): JudgedMessage['pieces'] {
  const relation = entry.kind === 'matrix.event' ? entry.body.content['m.relates_to'] : undefined;
  if (!isJsonObject(relation) || !isJsonObject(relation['m.in_reply_to'])) return pieces;
  return pieces.map((piece) => (piece.what === 'body' ? pieceOf('body', withoutQuote(piece.text)) : piece));
}

/** Undefined while a file is not on record. */
async function withFiles({ entry, message }: Late, deps: JudgeLateDeps): Promise<JudgedMessage | undefined> {
  const named = filesNamedIn(entry);
  if (named.length === 0 || deps.filesGoingOut === undefined) return message;
  const files = await filesGoingOut(entry.position, named, deps.filesGoingOut);
  if (files === undefined) return undefined;
  const isNew = ({ why, part }: JudgedMessage['unread'][number]): boolean =>
    !message.unread.some((known) => known.why === why && known.part === part);
  const said = files.pieces.filter(({ what }) => what !== 'file-name');
  return {
    ...message,
    pieces: [...message.pieces, ...said],
    unread: [...message.unread, ...files.unread.filter(isNew)],
  };
}
