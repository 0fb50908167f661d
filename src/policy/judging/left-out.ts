/**
 * What was written to a customer, does not go out, and was never asked about at the gate: an edit of what is out already,
 * a text that the network could not carry. It is on record and stands in the room, so it is judged there, as what is said
 * inside. Whatever line this is killed at, nothing is on record before the turn ends, and the next life ends the same.
 */
import { wait } from '../../core/clock.ts';
import type { Draft, Entry, ErasedEntry } from '../../core/entry.ts';
import { withoutQuote } from '../../core/command-text.ts';
import type { Position } from '../../core/ids.ts';
import { isJsonObject } from '../../core/json.ts';
import type { Reading } from '../../storage/database.ts';
import type { TaskHandler, TaskHandlers, Turn } from '../../tasks/task.ts';
import type { JudgedMessage } from '../message.ts';
import type { RuleSet } from '../rule.ts';
import { verdictsAbout } from '../verdicts/verdict-store.ts';
import { contextOf } from './context-of.ts';
import { pieceOf } from './event-texts.ts';
import { filesGoingOut, type FilesGoingOut } from './files-going-out.ts';
import { filesNamedIn, messageOf } from './message-of.ts';
import { setFor } from './rules-for.ts';
import type { ScreenDeps } from './screen.ts';
import { saysNothing, verdictDraft } from './verdict-draft.ts';

export const LEFT_OUT = 'policy.left-out';

/** A message with the edit that holds its text, or an edit by itself. */
export interface LeftOutText {
  readonly of: Position;
  readonly version?: Position;
}
/** By what an entry says; undefined where the gate was asked, or will be. */
export type LeftOut = (entry: Entry, reading: Reading) => Promise<LeftOutText | undefined>;

export interface LeftOutDeps extends ScreenDeps {
  readonly journal: ScreenDeps['journal'] & { read(position: Position): Promise<Entry | ErasedEntry | undefined> };
  readonly leftOut: LeftOut;
  /** Without it files are judged by their names alone. */
  readonly filesGoingOut?: FilesGoingOut;
}

interface Judging extends LeftOutText {
  readonly entry: Entry;
  readonly message: JudgedMessage;
  readonly set: RuleSet;
}

const DONE: Turn = { to: 'done' };
const NOT_READY_MS = 250;
/** A file is on its way from the homeserver, or given up. */
const NOT_STORED_MS = 2_000;

export function leftOutTasks(deps: LeftOutDeps): TaskHandlers {
  const run: TaskHandler = (_task, entry, { signal }) =>
    'erased' in entry ? Promise.resolve(DONE) : judge(entry, deps, signal);
  return new Map([[LEFT_OUT, { run }]]);
}

async function judge(cause: Entry, deps: LeftOutDeps, signal: AbortSignal): Promise<Turn> {
  const { clock } = deps;
  const judging = await judgingOf(cause, deps);
  if (judging === undefined) return DONE;
  const message = await withFiles(judging, deps);
  if (message === undefined) return { to: 'aside', until: wait(clock, NOT_STORED_MS, signal) };
  const { entry, set } = judging;
  const verdict = await deps.scanner.judge(set, message, await contextOf(entry, 'outbound', deps));
  if (verdict === undefined) return { to: 'aside', until: wait(clock, NOT_READY_MS, signal) };
  if (saysNothing(verdict)) return DONE;
  const making = { set, place: 'internal', now: clock.now(), expiresMs: 0, afterwards: true } as const;
  const draft: Draft = verdictDraft({ ...judging, message, verdict }, making);
  return { to: 'done', entries: [draft] };
}

/** Undefined where nobody says anything by it, no rule holds for it, or it has a verdict, of the gate's or of ours. */
async function judgingOf(cause: Entry, { journal, leftOut, rules }: LeftOutDeps): Promise<Judging | undefined> {
  const set = setFor('outbound', rules);
  if (set === undefined) return undefined;
  const text = await journal.views.read(async (reading) => {
    const found = await leftOut(cause, reading);
    const known = found === undefined ? [] : await verdictsAbout(reading, found.version ?? found.of);
    return known.length > 0 ? undefined : found;
  });
  const entry = text === undefined ? undefined : await journal.read(text.version ?? text.of);
  const message = entry === undefined || 'erased' in entry ? undefined : messageOf(entry);
  if (text === undefined || entry === undefined || 'erased' in entry || message === undefined) return undefined;
  return { ...text, entry, message: { ...message, pieces: ownWords(entry, message.pieces) }, set };
}

/** A reply's own words, as at the gate: whoever shows what was found looks for it in these. */
function ownWords(entry: Entry, pieces: JudgedMessage['pieces']): JudgedMessage['pieces'] {
  const relation = entry.kind === 'matrix.event' ? entry.body.content['m.relates_to'] : undefined;
  if (!isJsonObject(relation) || !isJsonObject(relation['m.in_reply_to'])) return pieces;
  return pieces.map((piece) => (piece.what === 'body' ? pieceOf('body', withoutQuote(piece.text)) : piece));
}

/** Undefined while a file is not on record. */
async function withFiles({ entry, message }: Judging, deps: LeftOutDeps): Promise<JudgedMessage | undefined> {
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
