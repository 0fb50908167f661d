/**
 * `dsar.erase`: what two officers agreed to, or one where that is enough, as a run like any other: it erases what of a
 * person's records nothing keeps, and ends with one certificate and what came of each record. Killed at any line, it goes
 * on from what is on record and noted.
 */
import { wait } from '../../core/clock.ts';
import type { DraftOf, EntryOf } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { Subject } from '../../core/person-entries.ts';
import { erasingView } from '../../journal/erasing-view.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import { batchesIn, countsOf } from '../certificate/counts.ts';
import { newestState } from '../classes/class-store.ts';
import { isClockRefused } from '../run/clock-check.ts';
import { personRunFor } from '../run/person-run-store.ts';
import { NO_CLASSES } from '../run/preview.ts';
import { runAt } from '../run/run-store.ts';
import { LayerErasing } from '../run/erase-layer.ts';
import { ending, isSettled, type EndingDeps, type RunDeps } from '../run/run-task.ts';
import { collect, openWhole } from './collecting.ts';
import { noteFound, readFound } from './found-notes.ts';
import { isBlind, type LookDeps } from './look-task.ts';
import { personOf, type Person } from './person.ts';
import { PersonWalk, type PersonActing } from './person-walk.ts';
import { erasingFor } from './staying.ts';

export type PersonEraseDeps = LookDeps & EndingDeps & Pick<RunDeps, 'time' | 'places'>;

type Decided = EntryOf<'dsar.decided'>;

const DONE: Turn = { to: 'done' };
const AGAIN_MS = 1_000;
/** How soon it is noticed that an officer said that the clock is right. */
const CLOCK_MS = 2_000;

export function personEraseTask(deps: PersonEraseDeps): TaskHandler {
  return async (_task, entry, context) => {
    if ('erased' in entry || entry.kind !== 'dsar.decided' || entry.body.refused === true) return DONE;
    const signal = deps.stopping === undefined ? context.signal : AbortSignal.any([context.signal, deps.stopping]);
    const run = await begun(entry, deps);
    if (run !== undefined) return goOn(run, deps, signal);
    if (await isBlind(deps)) return later(AGAIN_MS, deps);
    if (await isClockRefused(deps)) return refuse(entry, deps);
    return begin(entry, deps, signal);
  };
}

/** Not at once where the house is stopping: the turn would come again and again, and nothing else would. */
function later(ms: number, { clock }: PersonEraseDeps): Turn {
  return { to: 'aside', until: wait(clock, ms) };
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
async function refuse(decided: Decided, deps: PersonEraseDeps): Promise<Turn> {
  const { journal } = deps;
  const { position } = decided;
  const told = await journal.views.read((reading) => personRunFor(reading, position, { refused: true }));
  if (told === undefined) {
    const draft = await runDraft(decided, deps);
    const source = { ...draft.source, id: `${draft.source.id}/clock` };
    await journal.append([{ ...draft, source, body: { ...draft.body, refused: 'clock' } }]);
  }
  return later(CLOCK_MS, deps);
}

async function begin(decided: Decided, deps: PersonEraseDeps, signal: AbortSignal): Promise<Turn> {
  const { journal } = deps;
  const opened = await openedAt(decided.body.request, deps);
  if (opened === undefined) return DONE;
  const draft = await runDraft(decided, deps);
  const found = await collect(opened.body.subject, draft.body.size, deps, signal);
  if (found === undefined) return later(AGAIN_MS, deps);
  await noteAll(decided.position, { person: await personNow(opened, deps), positions: found }, deps);
  await journal.append([draft]);
  const run = await begun(decided, deps);
  return run === undefined ? DONE : goOn(run, deps, signal);
}

/** What a turn before this one noted, which never came to a run, is forgotten. */
async function noteAll(
  decided: Position,
  found: { readonly person: Person; readonly positions: readonly Position[] },
  { journal }: Pick<PersonEraseDeps, 'journal'>,
): Promise<void> {
  const { forget } = await readFound(journal.views, decided);
  await journal.append([], { kv: forget });
  for (const note of noteFound(decided, found)) await journal.append([], { kv: [note] });
}

function personNow({ body }: EntryOf<'dsar.opened'>, deps: PersonEraseDeps): Promise<Person> {
  const { views } = deps.journal;
  return views.read((reading) => personOf(body.subject, { reading, sealer: views.sealer }, deps));
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
  const walk = await walked(run, opened, deps, signal);
  if (walk === undefined || !(await isSettled(run.position, deps, signal))) return later(AGAIN_MS, deps);
  const turn = await ending(run, walk.tally.stayCounts, deps, signal);
  if (turn.to !== 'done') return turn;
  const erased = await erasedDraft(run, { walk, request: opened.position }, deps);
  const { forget } = await readFound(journal.views, run.body.because);
  return { ...turn, entries: [...(turn.entries ?? []), erased], kv: [...(turn.kv ?? []), ...forget] };
}

/** Undefined where it has to be asked again: it was stopped, or the homeserver is away. */
async function walked(
  run: EntryOf<'retention.run'>,
  opened: EntryOf<'dsar.opened'>,
  deps: PersonEraseDeps,
  signal: AbortSignal,
): Promise<PersonWalk | undefined> {
  const { subject } = opened.body;
  const acting = actingFor(run, deps);
  const { positions } = await readFound(deps.journal.views, run.body.because);
  const walk = new PersonWalk(subject, deps, acting);
  if (!(await walk.through(positions, signal))) return undefined;
  const leaving = { run, signal, mayGo: (some: readonly Position[]) => mayAllGo(some, subject, deps) };
  const left = deps.places === undefined ? [] : await deps.places.leave(subject.contacts, leaving);
  if (left === undefined) return undefined;
  if (left.length === 0) return walk;
  // What stood for them stands no more.
  const gone: Subject = { contacts: left.map(({ contact }) => contact), users: [] };
  const now = await collect(gone, await deps.journal.size(), deps, signal);
  const again = new PersonWalk(subject, deps, acting);
  const all = [...new Set([...positions, ...(now ?? [])])].toSorted((a, b) => a - b);
  return now !== undefined && (await again.through(all, signal)) ? again : undefined;
}

/** But for what the house is built on. */
async function mayAllGo(positions: readonly Position[], subject: Subject, deps: PersonEraseDeps): Promise<boolean> {
  const { database, keys } = deps.journal;
  const stays = await database.read(async (reading) => {
    const view = erasingView(reading, keys, deps.clock.now());
    return erasingFor(subject, deps)(await openWhole(positions, view), view);
  });
  return stays.length === 0;
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
