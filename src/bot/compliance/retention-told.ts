/**
 * What runs have to say: a preview in reply to who asked, a certificate with its file, why a run did not begin, that
 * other classes took the arming back. Each once, at every desk that may hear it.
 */
import type { Clock } from '../../core/clock.ts';
import type { Entry, EntryOf, ErasedEntry } from '../../core/entry.ts';
import type { Position, RoomId } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Desk } from '../../core/line.ts';
import type { Done, Homeserver, HomeserverFailure } from '../../core/ports/homeserver.ts';
import { ok } from '../../core/result.ts';
import { deskRooms } from '../../bridge/portals/room-store.ts';
import type { Views } from '../../journal/journal.ts';
import type { Task, TaskHandler, Turn } from '../../tasks/task.ts';
import type { AnswerFile } from '../answer.ts';
import { sendOnce } from '../answer-sender.ts';
import { turnAfter } from '../homeserver-turn.ts';
import { isGone } from './card-task.ts';
import type { DeskTools } from './desk-context.ts';
import { deskAt } from './desk-room-of.ts';
import { silenceAt } from './desk-silence.ts';
import type { Silence } from './room-rules.ts';
import { certificateLines, previewLines, setByWords, totalOf } from './retention-run-words.ts';

export interface RetentionToldDeps {
  readonly homeserver: Pick<
    Homeserver,
    'send' | 'findEcho' | 'upload' | 'members' | 'state' | 'isOurs' | 'compliance' | 'domain'
  >;
  readonly views: Views;
  readonly desks: readonly Desk[];
  readonly tools: Pick<DeskTools, 'read' | 'retention'>;
  readonly clock: Clock;
}

interface Telling {
  readonly text: string;
  /** Under which programs find it. */
  readonly data: Readonly<Record<string, number | string | boolean>>;
  /** Told where the room is not fit for it. */
  readonly waits: string;
  /** Who asked is answered in that room alone. */
  readonly at?: { readonly room: RoomId; readonly event: string };
  readonly file?: AnswerFile;
  /** It has to be noticed. */
  readonly mention: boolean;
}

const DONE: Turn = { to: 'done' };
/** On the first day there may be no desk yet. */
const DESK_AGAIN_MS = 3_000;
const DESK_TRIES_MAX = 20;

type TellingOf = (entry: Entry, deps: RetentionToldDeps) => Promise<Telling | undefined>;

export const previewToldTask = (deps: RetentionToldDeps): TaskHandler => tellTask(deps, ofPreview);
export const refusedRunToldTask = (deps: RetentionToldDeps): TaskHandler => tellTask(deps, ofRefused);
export const certificateToldTask = (deps: RetentionToldDeps): TaskHandler => tellTask(deps, ofCertificate);
export const disarmedToldTask = (deps: RetentionToldDeps): TaskHandler => tellTask(deps, ofDisarmed);

function tellTask(deps: RetentionToldDeps, tellingOf: TellingOf): TaskHandler {
  return async (task, entry, context) => {
    const telling = 'erased' in entry ? undefined : await tellingOf(entry, deps);
    if (telling === undefined) return DONE;
    const look = context.mayRepeat || task.attempts > 0;
    const told = await tellAll(telling, { source: entry.position, look }, deps);
    if (!told.ok) return turnAfter(told.error);
    return told.value === 0 && isAwaited(task, deps)
      ? { to: 'retry', reason: 'homeserver-refused', afterMs: DESK_AGAIN_MS }
      : DONE;
  };
}

function isAwaited({ attempts }: Task, { desks }: RetentionToldDeps): boolean {
  return desks.length > 0 && attempts < DESK_TRIES_MAX;
}

async function askedBy(because: Position, { tools }: RetentionToldDeps) {
  const asked = await tools.read(because);
  return isAsked(asked) ? asked.body.at : undefined;
}

function isAsked(entry: Entry | ErasedEntry | undefined): entry is EntryOf<'retention.asked'> & Entry {
  return entry !== undefined && !('erased' in entry) && entry.kind === 'retention.asked';
}

/** The clock's own previews stand on record, and nobody is told of them each night. */
async function ofPreview(entry: Entry, deps: RetentionToldDeps): Promise<Telling | undefined> {
  if (entry.kind !== 'retention.previewed') return undefined;
  const at = await askedBy(entry.body.because, deps);
  const asked = await deps.tools.read(entry.body.because);
  if (at === undefined || !isAsked(asked)) return undefined;
  const armed = (await deps.tools.retention?.state())?.armed !== undefined;
  const refused = asked.body.act === 'run' ? ['Nothing was deleted: not armed.'] : [];
  const next = armed || totalOf(entry.body.due) === 0 ? [] : ['Two officers let it begin: !c retention arm'];
  return {
    text: [...refused, ...previewLines(entry.body), ...next].join('\n'),
    data: { preview: entry.position, due: totalOf(entry.body.due) },
    waits: 'What you asked for is counted.',
    ...{ at, mention: false },
  };
}

async function ofRefused(entry: Entry, deps: RetentionToldDeps): Promise<Telling | undefined> {
  if (entry.kind !== 'retention.run' || entry.body.refused !== 'clock') return undefined;
  const at = await askedBy(entry.body.because, deps);
  const byMs = await deps.tools.retention?.clockSetBy();
  const how = byMs === undefined ? 'The clock jumped' : `The clock was set ${setByWords(byMs)}`;
  return {
    text: `${how}, so nothing was deleted: with a wrong clock, what is young looks old. If the time is right: !c retention confirm-clock`,
    data: { refused: 'clock' },
    waits: 'A run of retention did not begin.',
    mention: true,
    ...(at === undefined ? {} : { at }),
  };
}

/** Nights on which nothing was due are on record alone; of a person's request its own answer tells. */
async function ofCertificate(entry: Entry, deps: RetentionToldDeps): Promise<Telling | undefined> {
  if (entry.kind !== 'retention.certificate') return undefined;
  if (entry.body.dsar !== undefined || !(await isToTell(entry.body, deps))) return undefined;
  const found = await deps.tools.retention?.certificate(entry.position);
  return {
    text: certificateLines(entry.body).join('\n'),
    data: { run: entry.body.run, certificate: entry.position, sha256: entry.body.sha256 },
    waits: 'Records were deleted by age, and there is a certificate.',
    mention: false,
    ...(found === undefined ? {} : { file: found.file }),
  };
}

async function isToTell({ run, gone }: EntryOf<'retention.certificate'>['body'], deps: RetentionToldDeps) {
  const begun = await deps.tools.read(run);
  const isBegun = begun !== undefined && !('erased' in begun) && begun.kind === 'retention.run';
  const at = isBegun ? await askedBy(begun.body.because, deps) : undefined;
  return at !== undefined || totalOf(gone) > 0;
}

function ofDisarmed(entry: Entry): Promise<Telling | undefined> {
  if (entry.kind !== 'retention.classes') return Promise.resolve(undefined);
  return Promise.resolve({
    text: 'The retention classes changed, so nothing is deleted any more until two officers arm it again. Look at what would go: !c retention preview',
    data: { armed: false },
    waits: 'The retention classes changed.',
    mention: true,
  });
}

interface Sending {
  readonly source: Position;
  /** An earlier turn may have told it. */
  readonly look: boolean;
}

/** Resolves with how many desks there are. One that can't be told keeps no other from hearing it. */
async function tellAll(telling: Telling, sending: Sending, deps: RetentionToldDeps): Done<number> {
  const rooms = telling.at === undefined ? await deps.views.read((reading) => deskRooms(reading)) : [telling.at.room];
  let failed: HomeserverFailure | undefined;
  for (const room of rooms) {
    const desk = await deskAt(deps.views, deps.desks, room);
    const told = desk === undefined ? ok(undefined) : await tellDesk({ room, desk }, telling, { ...deps, ...sending });
    if (!told.ok && !isGone(told.error)) failed ??= told.error;
  }
  return failed === undefined ? ok(rooms.length) : { ok: false, error: failed };
}

interface Spoken {
  readonly telling: Telling;
  readonly room: RoomId;
  readonly desk: Desk;
  /** What keeps the room from being told more than that there is something. */
  readonly silence: Silence | undefined;
}

/** The words go last: where they are, the file is too. */
async function tellDesk(
  { room, desk }: { readonly room: RoomId; readonly desk: Desk },
  telling: Telling,
  deps: RetentionToldDeps & Sending,
): Done<unknown> {
  const { homeserver, source, look } = deps;
  const silence = await silenceAt(homeserver, desk, room);
  if (!silence.ok) return silence;
  const filed = silence.value === undefined ? await tellFile(room, telling, deps) : ok(undefined);
  if (!filed.ok) return filed;
  const content = contentOf({ telling, room, desk, silence: silence.value });
  const to = { as: homeserver.compliance, room, source, type: 'm.room.message' };
  return sendOnce(homeserver, { ...to, content, part: `told-${room}` }, look);
}

async function tellFile(
  room: RoomId,
  { file }: Telling,
  { homeserver, source, look }: RetentionToldDeps & Sending,
): Done<unknown> {
  if (file === undefined) return ok(undefined);
  const as = homeserver.compliance;
  const url = await homeserver.upload({ as, ...file });
  if (!url.ok) return url;
  const content = attached(file, url.value);
  return sendOnce(homeserver, { as, room, source, type: 'm.room.message', content, part: `file-${room}` }, look);
}

function contentOf({ telling, desk, silence }: Spoken): JsonObject {
  const { text, data, waits, at, mention } = telling;
  return {
    msgtype: mention ? 'm.text' : 'm.notice',
    body: silence === undefined ? text : `${waits} ${silence.text}`,
    'm.mentions': mention ? { user_ids: [...desk.officers] } : {},
    'org.gatehouse.answer': { command: 'retention', code: 'ok', data: silence === undefined ? data : {} },
    ...(at === undefined ? {} : { 'm.relates_to': { 'm.in_reply_to': { event_id: at.event } } }),
  };
}

function attached(file: AnswerFile, url: string) {
  return {
    ...{ msgtype: 'm.file', body: file.name, filename: file.name, url },
    info: { mimetype: file.type, size: file.bytes.byteLength },
    'm.mentions': {},
  };
}
