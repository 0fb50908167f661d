/**
 * `dsar.erase`: what two officers agreed to, or one where that is enough, as a run like any other: it erases what of a
 * person's records nothing keeps, and ends with one certificate and what came of each record. Killed at any line, it goes
 * on from what is on record and noted.
 */
import { wait } from '../../core/clock.ts';
import type { DraftOf, EntryOf } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import { batchesIn, countsOf } from '../certificate/counts.ts';
import { newestState } from '../classes/class-store.ts';
import { isClockRefused } from '../run/clock-check.ts';
import { personRunFor } from '../run/person-run-store.ts';
import { NO_CLASSES } from '../run/preview.ts';
import { runAt } from '../run/run-store.ts';
import { LayerErasing } from '../run/erase-layer.ts';
import { ending, isSettled, type EndingDeps, type RunDeps } from '../run/run-task.ts';
import { collect } from './collecting.ts';
import { noteFound, readFound } from './found-notes.ts';
import { isBlind, type LookDeps } from './look-task.ts';
import { PersonWalk, type PersonActing } from './person-walk.ts';

export type PersonEraseDeps = LookDeps & EndingDeps & Pick<RunDeps, 'time'>;

type Decided = EntryOf<'dsar.decided'>;

const DONE: Turn = { to: 'done' };
const AGAIN_MS = 1_000;
/** How soon it is noticed that an officer said that the clock is right. */
const CLOCK_MS = 60_000;

export function personEraseTask(deps: PersonEraseDeps): TaskHandler {
  return async (_task, entry, context) => {
    if ('erased' in entry || entry.kind !== 'dsar.decided' || entry.body.refused === true) return DONE;
    const signal = deps.stopping === undefined ? context.signal : AbortSignal.any([context.signal, deps.stopping]);
    const run = await begun(entry, deps);
    if (run !== undefined) return goOn(run, deps, signal);
    if (await isBlind(deps)) return later(AGAIN_MS, deps, signal);
    if (await isClockRefused(deps)) return refuse(entry, deps, signal);
    return begin(entry, deps, signal);
  };
}

function later(ms: number, { clock }: PersonEraseDeps, signal: AbortSignal): Turn {
  return { to: 'aside', until: wait(clock, ms, signal) };
}

async function begun({ position }: Decided, { journal }: PersonEraseDeps) {
  const at = await journal.views.read((reading) => personRunFor(reading, position, { refused: false }));
  return at === undefined ? undefined : runEntry(at, { journal });
}

async function runEntry(at: Position, { journal }: Pick<PersonEraseDeps, 'journal'>) {
  const run = await journal.read(at);
  return run === undefined || 'erased' in run || run.kind !== 'retention.run' ? undefined : run;
}

/** With a wrong clock a duty may look over. It is told once, and begins when an officer says that the clock is right. */
async function refuse(decided: Decided, deps: PersonEraseDeps, signal: AbortSignal): Promise<Turn> {
  const { journal } = deps;
  const { position } = decided;
  const told = await journal.views.read((reading) => personRunFor(reading, position, { refused: true }));
  if (told === undefined) {
    const draft = await runDraft(decided, deps);
    const source = { ...draft.source, id: `${draft.source.id}/clock` };
    await journal.append([{ ...draft, source, body: { ...draft.body, refused: 'clock' } }]);
  }
  return later(CLOCK_MS, deps, signal);
}

async function begin(decided: Decided, deps: PersonEraseDeps, signal: AbortSignal): Promise<Turn> {
  const { journal } = deps;
  const opened = await openedAt(decided.body.request, deps);
  if (opened === undefined) return DONE;
  const draft = await runDraft(decided, deps);
  const found = await collect(opened.body.subject, draft.body.size, deps, signal);
  if (found === undefined) return later(AGAIN_MS, deps, signal);
  const { forget } = await readFound(journal.views, decided.position);
  const notes = noteFound(decided.position, found);
  const named = new Set(notes.map(({ key }) => key));
  // What a turn before this one noted, which never came to a run.
  await journal.append([], { kv: forget.filter(({ key }) => !named.has(key)) });
  for (const note of notes) await journal.append([], { kv: [note] });
  await journal.append([draft]);
  const run = await begun(decided, deps);
  return run === undefined ? DONE : goOn(run, deps, signal);
}

async function runDraft(decided: Decided, { journal, clock }: PersonEraseDeps): Promise<DraftOf<'retention.run'>> {
  const until = clock.now();
  const { size, root } = await journal.reader.stats();
  const classes = (await journal.views.read((reading) => newestState(reading)))?.digest ?? NO_CLASSES;
  const { position: because } = decided;
  const body = { because, dsar: decided.body.request, classes, until, size };
  return {
    kind: 'retention.run',
    at: until,
    source: { system: 'gatehouse', id: `retention/run/${String(because)}`, sure: true },
    ...(decided.actor === undefined ? {} : { actor: decided.actor }),
    body: { ...body, root: Buffer.from(root).toString('base64') },
  };
}

async function goOn(run: EntryOf<'retention.run'>, deps: PersonEraseDeps, signal: AbortSignal): Promise<Turn> {
  const { journal } = deps;
  const known = await journal.views.read((reading) => runAt(reading, run.position));
  const opened = await openedAt(run.body.dsar, deps);
  if (known?.certificate !== null || opened === undefined) return DONE;
  const { positions, forget } = await readFound(journal.views, run.body.because);
  const walk = new PersonWalk(opened.body.subject, deps, actingFor(run, deps));
  const isOver = await walk.through(positions, signal);
  if (!isOver || !(await isSettled(run.position, deps, signal))) return later(AGAIN_MS, deps, signal);
  const turn = await ending(run, walk.tally.stayCounts, deps, signal);
  if (turn.to !== 'done') return turn;
  const erased = await erasedDraft(run, { walk, request: opened.position }, deps);
  return { ...turn, entries: [...(turn.entries ?? []), erased], kv: [...(turn.kv ?? []), ...forget] };
}

async function openedAt(at: Position | undefined, { journal }: Pick<PersonEraseDeps, 'journal'>) {
  const opened = at === undefined ? undefined : await journal.read(at);
  return opened === undefined || 'erased' in opened || opened.kind !== 'dsar.opened' ? undefined : opened;
}

function actingFor(run: EntryOf<'retention.run'>, deps: PersonEraseDeps): PersonActing {
  const erasing = new LayerErasing(run.position, deps);
  return { acts: true, go: (layer, signal) => erasing.layer(layer, signal) };
}

async function erasedDraft(
  run: EntryOf<'retention.run'>,
  { walk, request }: { readonly walk: PersonWalk; readonly request: Position },
  { journal, clock }: PersonEraseDeps,
): Promise<DraftOf<'dsar.erased'>> {
  const { views } = journal;
  const batches = await batchesIn(run.position, { views, read: (at) => journal.read(at) });
  walk.tally.gone(await countsOf(batches, views));
  return {
    kind: 'dsar.erased',
    at: clock.now(),
    source: { system: 'gatehouse', id: `dsar.erased/${String(run.position)}`, sure: true },
    body: { request, run: run.position, counts: walk.tally.counts },
  };
}
