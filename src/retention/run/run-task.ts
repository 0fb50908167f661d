/**
 * Task `retention.run`: what a person or the clock asked for. Everything it does is on record before it happens, and it
 * ends with one certificate: killed at any line, it goes on from what is on record and noted.
 */
import { wait } from '../../core/clock.ts';
import type { DraftOf, EntryOf } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { TrustedTime } from '../../core/ports/trusted-time.ts';
import type { StayCount } from '../../core/retention-entries.ts';
import type { NoteSigner } from '../../journal/merkle/signed-note.ts';
import type { OpenJournal } from '../../journal/open-journal.ts';
import type { TaskHandler, TaskHandlers, Turn } from '../../tasks/task.ts';
import { certificateOf } from '../certificate/certify.ts';
import type { ClassTable } from '../classes/class-table.ts';
import { isClockRefused } from './clock-check.ts';
import { notedPlaces } from '../places/place-notes.ts';
import type { Places } from '../places/places.ts';
import { LayerErasing } from './erase-layer.ts';
import { goneEvents } from './gone-notes.ts';
import type { HomeserverCleaner } from './homeserver-cleaner.ts';
import { leaveOver, staysAfter } from './leave-over.ts';
import { erasuresOpen } from './open-erasures.ts';
import { NO_CLASSES, previewOf } from './preview.ts';
import type { WalkDeps } from './run-deps.ts';
import { forgetRun, noteRun, readRunNotes, type RunNotes } from './run-notes.ts';
import { armedFor, runFor, type Run } from './run-store.ts';
import { tableIn, Walk, type Acting } from './walk.ts';
import { PREVIEW, RUN } from './projections.ts';

export interface RunDeps extends WalkDeps {
  readonly journal: WalkDeps['journal'] & Pick<OpenJournal, 'scrub' | 'search' | 'stale'>;
  /** Looks at the clock before it says whether it can be believed. */
  readonly time: TrustedTime & { look(): Promise<unknown> };
  readonly signer: NoteSigner;
  readonly keepKeysMs: number;
  readonly cleaner: HomeserverCleaner;
  /** Closes the places of whom nothing is left; absent where nothing is deleted on the homeserver. */
  readonly places?: Places | undefined;
  readonly progress?: (run: Position, done: number, total: number) => void;
}

/** What the end of any run takes. */
export type EndingDeps = Pick<RunDeps, 'journal' | 'cleaner' | 'signer' | 'keepKeysMs' | 'clock'>;

const DONE: Turn = { to: 'done' };
const AGAIN_MS = 1_000;
const POLL_MS = 50;
const POLLS = 100;
const SCRUBS = 20;

type Asked = EntryOf<'retention.asked'>;

export function runHandlers(deps: RunDeps): TaskHandlers {
  return new Map([
    [RUN, { run: turnOf(deps, runTurn) }],
    [PREVIEW, { run: turnOf(deps, previewTurn) }],
  ]);
}

type TurnOf = (asked: Asked, deps: RunDeps, signal: AbortSignal) => Promise<Turn>;

function turnOf(deps: RunDeps, turn: TurnOf): TaskHandler {
  return async (_task, entry, { signal }) => {
    if ('erased' in entry || entry.kind !== 'retention.asked') return DONE;
    const ends = deps.stopping === undefined ? signal : AbortSignal.any([signal, deps.stopping]);
    return turn(entry, deps, ends);
  };
}

/** Not at once where the house is stopping: the turn would come again and again, and nothing else would. */
function later({ clock }: Pick<RunDeps, 'clock'>): Turn {
  return { to: 'aside', until: wait(clock, AGAIN_MS) };
}

async function previewTurn(asked: Asked, deps: RunDeps, signal: AbortSignal): Promise<Turn> {
  const previewed = await previewOf(asked, deps, signal);
  return previewed === undefined ? later(deps) : { to: 'done', entries: [previewed], kv: [forgetRun] };
}

async function runTurn(asked: Asked, deps: RunDeps, signal: AbortSignal): Promise<Turn> {
  const { views } = deps.journal;
  const before = await views.read((reading) => runFor(reading, asked.position));
  if (before !== undefined) return before.refused || before.certificate !== null ? DONE : goOn(before, deps, signal);
  const table = await tableIn(deps);
  if (await isClockRefused(deps)) return refuse(asked, { refused: 'clock', table }, deps, signal);
  const armed = table === undefined ? undefined : await views.read((reading) => armedFor(reading, table.digest));
  if (table === undefined || armed === undefined) return refuse(asked, { refused: 'not-armed', table }, deps, signal);
  const draft = await runDraft(asked, table.digest, deps);
  const { until, size } = draft.body;
  const notes = { because: asked.position, classes: table.digest, until, size, next: 0 };
  await deps.journal.append([{ ...draft, body: { ...draft.body, armed } }], { kv: [noteRun(notes)] });
  const run = await views.read((reading) => runFor(reading, asked.position));
  return run === undefined ? DONE : goOn(run, deps, signal);
}

/** Nothing is deleted; what would go without that is counted. */
async function refuse(
  asked: Asked,
  { refused, table }: { readonly refused: 'not-armed' | 'clock'; readonly table: ClassTable | undefined },
  deps: RunDeps,
  signal: AbortSignal,
): Promise<Turn> {
  const previewed = refused === 'clock' ? undefined : await previewOf(asked, deps, signal);
  if (refused !== 'clock' && previewed === undefined) return later(deps);
  const draft = await runDraft(asked, table?.digest ?? NO_CLASSES, deps);
  const run = { ...draft, body: { ...draft.body, refused } };
  return { to: 'done', entries: previewed === undefined ? [run] : [run, previewed], kv: [forgetRun] };
}

async function runDraft(asked: Asked, classes: string, { clock, journal }: RunDeps): Promise<DraftOf<'retention.run'>> {
  const at = clock.now();
  const { size, root } = await journal.reader.stats();
  return {
    kind: 'retention.run',
    at,
    source: { system: 'gatehouse', id: `retention/run/${String(asked.position)}`, sure: true },
    ...(asked.actor === undefined ? {} : { actor: asked.actor }),
    body: { because: asked.position, classes, until: at, size, root: Buffer.from(root).toString('base64') },
  };
}

async function goOn(run: Run, deps: RunDeps, signal: AbortSignal): Promise<Turn> {
  const entry = await deps.journal.read(run.position);
  if (entry === undefined || 'erased' in entry || entry.kind !== 'retention.run') return DONE;
  const walk = await walkOf(entry, deps);
  const stays = walk === undefined ? [] : await walkedBy(walk, entry, deps, signal);
  if (stays === undefined || !(await isSettled(run.position, deps, signal))) return later(deps);
  return ending(entry, stays, deps, signal);
}

/** Then whoever has nothing left is let go; undefined: it goes on later. */
async function walkedBy(
  walk: Walk,
  run: EntryOf<'retention.run'>,
  deps: RunDeps,
  signal: AbortSignal,
): Promise<readonly StayCount[] | undefined> {
  if ((await walk.through(signal)) === 'stopped') return undefined;
  const walked = { run, table: walk.table };
  return (await leaveOver(walked, deps, signal)) ? staysAfter(walk.stays.counts, walked, deps) : undefined;
}

/** Undefined once the classes that it began under hold no more: nothing else goes. */
async function walkOf(run: EntryOf<'retention.run'>, deps: RunDeps): Promise<Walk | undefined> {
  const { because, classes, until, size } = run.body;
  const noted = await readRunNotes(deps.journal.views);
  const notes: RunNotes = noted?.because === because ? noted : { because, classes, until, size, next: 0 };
  const table = await tableIn(deps);
  if (table?.digest !== classes) return undefined;
  return new Walk(deps, actingFor(run, deps), { run: notes, table });
}

function actingFor(run: EntryOf<'retention.run'>, deps: RunDeps): Acting {
  const { journal, progress } = deps;
  const ends = async (): Promise<boolean> =>
    (await journal.views.read((reading) => armedFor(reading, run.body.classes))) === undefined;
  const erasing = new LayerErasing(run.position, deps, ends);
  return {
    acts: true,
    go: (layer, stopped) => erasing.layer(layer, stopped),
    ends,
    progress: (done, total) => progress?.(run.position, done, total),
  };
}

/** Whether all that it erased is unreadable: keys and files gone, logs of the databases folded in. */
export async function isSettled(run: Position, { journal, clock }: EndingDeps, signal: AbortSignal): Promise<boolean> {
  for (let polls = 0; polls < POLLS && !signal.aborted; polls += 1) {
    if ((await journal.views.read((reading) => erasuresOpen(reading, run))) === 0) break;
    await wait(clock, POLL_MS, signal);
  }
  if ((await journal.views.read((reading) => erasuresOpen(reading, run))) > 0) return false;
  for (let tries = 0; tries < SCRUBS && !signal.aborted; tries += 1) {
    if (await journal.scrub()) return true;
    await wait(clock, POLL_MS, signal);
  }
  return false;
}

/** The certificate, once the homeserver was seen to. */
export async function ending(
  run: EntryOf<'retention.run'>,
  stays: readonly StayCount[],
  deps: EndingDeps,
  signal: AbortSignal,
): Promise<Turn> {
  const { journal, cleaner, signer, keepKeysMs, clock } = deps;
  const { forget, ...gone } = await goneEvents(journal.views);
  const left = await notedPlaces(journal.views);
  const homeserver = await cleaner.clean(run, gone, signal);
  if (homeserver === undefined) return later(deps);
  const copies = gone.events.filter(({ copy }) => copy).length;
  const ended = { run, stays, copies, homeserver };
  const certificate = await certificateOf(ended, { journal, signer, keepKeysMs, now: clock.now() });
  return { to: 'done', entries: [certificate], kv: [forgetRun, ...forget, ...left.forget] };
}
