/**
 * What a file says is judged when the file is on record, beside the message that it came with. Whatever line this is
 * killed at, nothing is on record before the turn ends, and the next life reads the same file and ends with the same entry.
 */
import { createHash } from 'node:crypto';
import { wait } from '../../core/clock.ts';
import type { Direction, Entry, EntryOf, ErasedEntry } from '../../core/entry.ts';
import type { Position, UserId } from '../../core/ids.ts';
import type { Unread, Unreadable } from '../../core/policy-words.ts';
import type { Task, TaskHandlers, Turn } from '../../tasks/task.ts';
import type { JudgedMessage, MessageContext } from '../message.ts';
import type { RuleSet } from '../rule.ts';
import { contextOf } from './context-of.ts';
import { saysSomething } from './event-texts.ts';
import { saidInFile, type FileEntry, type FileTextDeps, type SaidInFile } from './file-text.ts';
import type { Place } from './feasible.ts';
import { messageOf } from './message-of.ts';
import { oneVerdict, type PieceVerdict } from './one-verdict.ts';
import { setFor } from './rules-for.ts';
import type { ScreenDeps } from './screen.ts';
import { saysNothing, verdictDraft } from './verdict-draft.ts';
import type { Verdict } from '../verdict.ts';

export const FILE = 'policy.file';

export interface ScreenFileDeps extends ScreenDeps {
  readonly journal: ScreenDeps['journal'] & { read(position: Position): Promise<Entry | ErasedEntry | undefined> };
  readonly files: FileTextDeps;
  /** Ghosts and bots: they only show what others said. */
  readonly isOurs: (user: UserId) => boolean;
}

const DONE: Turn = { to: 'done' };
const NOT_READY_MS = 250;
/** A thread that broke is back in a second; a file that breaks it each time is given up. */
const AGAIN_MS = 5_000;
const MOST_TRIES = 3;

export function screenFileTasks(deps: ScreenFileDeps): TaskHandlers {
  return new Map([[FILE, { run: (task, entry, { signal }) => screenFile(task, entry, { deps, signal }) }]]);
}

interface Running {
  readonly deps: ScreenFileDeps;
  readonly signal: AbortSignal;
}

/** Files come with these. */
type Saying = EntryOf<'matrix.event'> | EntryOf<'network.message'> | EntryOf<'network.edit'>;

/** A file, the message that it came with, and by what rules it is judged. */
interface Judging {
  readonly entry: FileEntry;
  readonly of: Saying;
  readonly direction: Direction;
  readonly set: RuleSet;
}

async function screenFile(task: Task, entry: Entry | ErasedEntry, { deps, signal }: Running): Promise<Turn> {
  const judging = await judgingOf(entry, deps);
  if (judging === undefined) return DONE;
  const said = await saidInFile(judging.entry, deps.files);
  if (said.unread.includes('engine') && task.attempts + 1 < MOST_TRIES) {
    return { to: 'retry', reason: 'internal', afterMs: AGAIN_MS };
  }
  const unread = newlyUnread(said.unread, judging);
  if (said.pieces.length === 0 && unread.length === 0) return DONE;
  const verdict = await judged(judging, { ...said, unread }, { deps, signal });
  if (verdict === undefined) return { to: 'aside', until: wait(deps.clock, NOT_READY_MS, signal) };
  if (saysNothing(verdict.verdict)) return DONE;
  const { set, direction, of } = judging;
  const judgedFile = { ...verdict, entry: of, of: of.position, file: entry.position };
  const place: Place = direction === 'inbound' ? 'inbound-file' : direction;
  const making = { set, place, now: deps.clock.now(), expiresMs: 0 };
  return { to: 'done', entries: [verdictDraft(judgedFile, making)] };
}

/** Undefined for what nobody says anything by, as a picture of oneself, and for what no rule holds for any more. */
async function judgingOf(entry: Entry | ErasedEntry, deps: ScreenFileDeps): Promise<Judging | undefined> {
  if (!isFinal(entry)) return undefined;
  const { direction } = entry;
  const set = direction === undefined || direction === 'outbound' ? undefined : setFor(direction, deps.rules);
  if (direction === undefined || set === undefined) return undefined;
  const of = await deps.journal.read(entry.body.of);
  return of !== undefined && isSaid(of, deps) ? { entry, of, direction, set } : undefined;
}

/** What is fetched again is judged when it is there, or given up. */
function isFinal(entry: Entry | ErasedEntry): entry is FileEntry & Entry {
  if ('erased' in entry) return false;
  return entry.kind === 'file.stored' || (entry.kind === 'file.missing' && entry.body.why !== 'later');
}

function isSaid(of: Entry | ErasedEntry, { isOurs }: ScreenFileDeps): of is Entry & Saying {
  if ('erased' in of) return false;
  if (of.kind === 'network.message' || of.kind === 'network.edit') return true;
  return of.kind === 'matrix.event' && !isOurs(of.body.sender) && saysSomething(of.body);
}

/**
 * What was not said of the message already: that a picture is one is seen in its event. A thumbnail only shows what its
 * file does; nothing is missing where it can't be read.
 */
function newlyUnread(unread: readonly Unreadable[], { entry, of }: Judging): readonly Unread[] {
  const { part } = entry.body;
  if (part % 2 === 1) return [];
  const known = messageOf(of)?.unread ?? [];
  return unread
    .filter((why) => !known.some((one) => one.why === why && one.part === part))
    .map((why) => ({ why, part }));
}

type Said = Pick<SaidInFile, 'pieces'> & { readonly unread: readonly Unread[] };

/**
 * Piece by piece, so that no message waits at the gate for as long as a whole file takes. Undefined where the house stops
 * meanwhile.
 */
async function judged(
  { of, entry, direction, set }: Judging,
  { pieces, unread }: Said,
  { deps, signal }: Running,
): Promise<{ readonly verdict: Verdict; readonly message: JudgedMessage } | undefined> {
  const message: JudgedMessage = { of: of.position, pieces, unread, content: contentOf(entry) };
  const context: MessageContext = { ...(await contextOf(of, direction, deps)), before: [] };
  const found: PieceVerdict[] = [];
  let begins = 0;
  // A file without a text is asked about all the same: rules may hold for what can't be read.
  for (const [piece, some] of (pieces.length === 0 ? [undefined] : pieces).entries()) {
    const asked = { ...message, pieces: some === undefined ? [] : [some], unread: piece === 0 ? unread : [] };
    const ask = (): Promise<Verdict | undefined> => deps.scanner.judge(set, asked, context);
    let verdict = await ask();
    // The file is not read once more while the engine starts anew: it answers within seconds, or has failed.
    while (verdict === undefined && !signal.aborted) {
      await wait(deps.clock, NOT_READY_MS, signal);
      verdict = await ask();
    }
    if (verdict === undefined) return undefined;
    found.push({ verdict, piece, begins });
    begins += some?.text.length ?? 0;
  }
  return { verdict: oneVerdict(found, message.content, set.digest), message };
}

/** SHA-256, hex: the file's own bytes; of one that is missing, what is said of it. */
function contentOf({ kind, position, body }: FileEntry): string {
  if ('sha256' in body) return body.sha256;
  return createHash('sha256').update(`${kind}/${position}`).digest('hex');
}
