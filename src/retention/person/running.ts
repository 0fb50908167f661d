/**
 * An officer's word about having a request done: by the command, by ✅ or ❌. One is enough, or a second one has to agree
 * within a day. What two say in one moment is settled by the record: whoever is first on it.
 */
import type { Clock } from '../../core/clock.ts';
import type { DraftOf, Entry, EntryOf } from '../../core/entry.ts';
import { after, type EventId, type Position, type RoomId, type UserId } from '../../core/ids.ts';
import type { DsarWants } from '../../core/person-entries.ts';
import type { Recorder } from '../../core/ports/recorder.ts';
import type { OpenJournal } from '../../journal/open-journal.ts';
import { askAt, isUnderWay, requestAt, type Request } from './request-store.ts';

/** A first officer's word waits so long for the second. */
export const ASK_MS = 24 * 3_600_000;

export interface RunWord {
  readonly says: 'run' | 'yes' | 'no';
  readonly request: Position;
  /** The `dsar.run-requested` on whose card it was said. */
  readonly ask?: Position;
  readonly by: UserId;
  /** The command or the tap: it acts once. */
  readonly event: EventId;
  readonly room: RoomId;
}

/**
 * `decided`: it is being done. `asked`: a second officer has to agree. `refused`: nobody will. `own`: somebody else has to
 * agree. `no-look`: the inventory is not there yet. `doing`, `answered`: nothing more can be asked for. `over`: it was
 * decided before, by that entry, or waited for more than a day. `none`: there is no such request.
 */
export type Said =
  | { readonly is: 'asked'; readonly ask: Position }
  | { readonly is: 'decided' | 'refused' | 'own' | 'no-look' | 'doing' | 'answered' | 'none' }
  | { readonly is: 'over'; readonly by?: Entry };

export interface RunningDeps {
  readonly journal: Recorder & Pick<OpenJournal, 'read' | 'views' | 'reader'>;
  readonly fourEyes: ReadonlySet<DsarWants>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Said again after a crash, it is said once. @throws JournalDown */
export async function sayOfRequest(word: RunWord, deps: RunningDeps): Promise<Said> {
  const before = await saidBefore(word, deps);
  if (before !== undefined) return before;
  const request = await deps.journal.views.read((reading) => requestAt(reading, word.request));
  if (request === undefined) return { is: 'none' };
  const waiting = await waitingFor(request, deps);
  if (word.says === 'run') return run(word, { request, waiting }, deps);
  if (waiting === undefined || waiting.position !== word.ask) return overBy(word.ask, deps);
  return decide(word, waiting, deps);
}

/** What came of this very command or tap. */
async function saidBefore(word: RunWord, deps: RunningDeps): Promise<Said | undefined> {
  const { event } = word;
  const { reader } = deps.journal;
  const [decided] = await reader.bySource({ system: 'gatehouse', id: decidedBy(event) });
  if (decided !== undefined) return cameOf(decided, deps);
  const [ask] = await reader.bySource({ system: 'gatehouse', id: askedBy(event) });
  return ask === undefined ? undefined : afterAsked(ask, word, deps);
}

/** The word is on record; where one officer is enough, a crash may have come before it was acted on. */
async function afterAsked(ask: Position, word: RunWord, deps: RunningDeps): Promise<Said> {
  const { journal, fourEyes } = deps;
  const { request, standing } = await journal.views.read(async (reading) => ({
    request: await requestAt(reading, word.request),
    standing: await askAt(reading, ask),
  }));
  // Another officer's word was first, and it is being done.
  if (request === undefined || standing === undefined) return { is: 'doing' };
  if (standing.endedBy !== undefined || fourEyes.has(request.wants)) return { is: 'asked', ask };
  return decideBy({ request: request.position, asked: ask, by: word.by }, word, deps);
}

interface Standing {
  readonly request: Request;
  /** The first officer's word, while it counts. */
  readonly waiting: EntryOf<'dsar.run-requested'> | undefined;
}

async function run(word: RunWord, { request, waiting }: Standing, deps: RunningDeps): Promise<Said> {
  if (request.answered !== null) return { is: 'answered' };
  if (isUnderWay(request)) return { is: 'doing' };
  if (waiting !== undefined && waiting.body.by !== word.by) return decide({ ...word, says: 'yes' }, waiting, deps);
  if (request.look === null) return { is: 'no-look' };
  if (waiting?.body.look === request.look) return { is: 'asked', ask: waiting.position };
  const { by, event, room } = word;
  const { journal, clock } = deps;
  const body = { request: request.position, look: request.look, by, at: { by, room, event } };
  const asked: DraftOf<'dsar.run-requested'> = {
    ...{ kind: 'dsar.run-requested', at: clock.now(), actor: by, room, body },
    source: { system: 'gatehouse', id: askedBy(event), sure: true },
  };
  const [appended] = await journal.append([asked]);
  return appended === undefined ? { is: 'none' } : afterAsked(appended.position, word, deps);
}

async function decide(word: RunWord, waiting: EntryOf<'dsar.run-requested'>, deps: RunningDeps): Promise<Said> {
  const { request, by: first } = waiting.body;
  const asked = waiting.position;
  if (word.says === 'no') return decideBy({ request, asked, refused: true, by: word.by }, word, deps);
  if (first === word.by) return { is: 'own' };
  return decideBy({ request, asked, by: first, approvedBy: word.by }, word, deps);
}

async function decideBy(body: DraftOf<'dsar.decided'>['body'], word: RunWord, deps: RunningDeps): Promise<Said> {
  const { journal, clock } = deps;
  const source = { system: 'gatehouse', id: decidedBy(word.event), sure: true };
  const [appended] = await journal.append([
    { kind: 'dsar.decided', at: clock.now(), source, actor: word.by, room: word.room, body },
  ]);
  return appended === undefined ? { is: 'over' } : cameOf(appended.position, deps);
}

/** What came of the `dsar.decided` there: nothing, where another one was first. */
async function cameOf(decided: Position, deps: RunningDeps): Promise<Said> {
  const entry = await deps.journal.read(decided);
  if (entry === undefined || 'erased' in entry || entry.kind !== 'dsar.decided') return { is: 'over' };
  const ask = await deps.journal.views.read((reading) => askAt(reading, entry.body.asked));
  if (ask?.endedBy !== decided) return overBy(entry.body.asked, deps);
  return { is: entry.body.refused === true ? 'refused' : 'decided' };
}

async function overBy(ask: Position | undefined, { journal }: RunningDeps): Promise<Said> {
  const found = ask === undefined ? undefined : await journal.views.read((reading) => askAt(reading, ask));
  const by = found?.endedBy === undefined ? undefined : await journal.read(found.endedBy);
  return by === undefined || 'erased' in by ? { is: 'over' } : { is: 'over', by };
}

async function waitingFor({ asked }: Request, { journal, clock }: RunningDeps): Promise<Standing['waiting']> {
  const entry = asked === null ? undefined : await journal.read(asked);
  if (entry === undefined || 'erased' in entry || entry.kind !== 'dsar.run-requested') return undefined;
  return after(entry.recordedAt, ASK_MS) < clock.now() ? undefined : entry;
}

function askedBy(event: EventId): string {
  return `dsar.run-requested/${event}`;
}

function decidedBy(event: EventId): string {
  return `dsar.decided/${event}`;
}
