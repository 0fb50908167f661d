/**
 * What there is to tell of a person's request, at the desk that asked; where that room is gone, at every desk. Nothing is
 * told where a stranger reads along: that there is something, once, and the rest when the room is in order again.
 */
import { wait } from '../../core/clock.ts';
import type { Entry, EntryOf, ErasedEntry } from '../../core/entry.ts';
import type { Position, RoomId, UserId } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Desk } from '../../core/line.ts';
import type { Done } from '../../core/ports/homeserver.ts';
import { err, ok } from '../../core/result.ts';
import type { AskedAt } from '../../core/retention-entries.ts';
import { deskRooms } from '../../bridge/portals/room-store.ts';
import { itemId } from '../../policy/verdicts/item-id.ts';
import type { PersonRequest } from '../../retention/person/acts.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import type { AnswerFile } from '../answer.ts';
import { sendOnce } from '../answer-sender.ts';
import { turnAfter } from '../homeserver-turn.ts';
import { isGone, type CardDeps } from './card-task.ts';
import type { DeskTools } from './desk-context.ts';
import { deskAt } from './desk-room-of.ts';
import { silenceAt } from './desk-silence.ts';
import { dueDay, erasedLines, lookLines, nextLines, personWords, refsOfPerson, WANTS } from './dsar-words.ts';

export type DsarDeps = CardDeps & { readonly tools: Pick<DeskTools, 'persons' | 'retention'> };

export interface Telling {
  /** Of which entry. */
  readonly source: Position;
  /** Tells one telling of an entry from another. */
  readonly part: string;
  readonly text: (desk: Desk) => string;
  readonly refs: readonly Position[];
  readonly data: JsonObject;
  /** Told where the room is not fit for it. */
  readonly waits: string;
  readonly at: AskedAt | undefined;
  readonly files: () => AsyncIterable<AnswerFile & { readonly refs?: readonly Position[] }>;
  readonly mention: (desk: Desk) => readonly UserId[];
  /** An earlier turn may have told it. */
  readonly look: boolean;
}

const DONE: Turn = { to: 'done' };
/** Between two looks at a desk that can't be told. */
const AGAIN_MS = 10_000;

export async function* noFiles(): AsyncGenerator<AnswerFile> {
  // There are none.
}

/** Ends when every desk was told that has to be. */
export async function tellDesks(telling: Telling, deps: DsarDeps, signal: AbortSignal): Promise<Turn> {
  const told = await tellOnce(telling, deps);
  if (!told.ok) return turnAfter(told.error);
  return told.value ? DONE : { to: 'aside', until: wait(deps.clock, AGAIN_MS, signal) };
}

/** False where a desk can't be told now. */
export async function tellOnce(telling: Telling, deps: DsarDeps): Done<boolean> {
  const rooms = await roomsFor(telling.at, deps);
  let all = rooms.length > 0 || deps.desks.length === 0;
  for (const room of rooms) {
    const desk = await deskAt(deps.views, deps.desks, room);
    if (desk === undefined) continue;
    const done = await tellDesk({ room, desk }, telling, deps);
    if (!done.ok && !isGone(done.error)) return done;
    all &&= done.ok && done.value;
  }
  return ok(all);
}

/** Who asked is answered in that room alone, as long as it is a desk's. */
async function roomsFor(at: AskedAt | undefined, { views, desks }: DsarDeps): Promise<readonly RoomId[]> {
  if (at !== undefined && (await deskAt(views, desks, at.room)) !== undefined) return [at.room];
  return views.read((reading) => deskRooms(reading));
}

interface There {
  readonly room: RoomId;
  readonly desk: Desk;
}

/** The words go last: where they are, the files are too. */
async function tellDesk({ room, desk }: There, telling: Telling, deps: DsarDeps): Done<boolean> {
  const { homeserver } = deps;
  const silence = await silenceAt(homeserver, desk, room);
  if (!silence.ok) return silence;
  const to = { as: homeserver.compliance, room, source: telling.source, type: 'm.room.message' };
  if (silence.value !== undefined) {
    const content = { msgtype: 'm.text', body: `${telling.waits} ${silence.value.text}`, 'm.mentions': {} };
    const sent = await sendOnce(homeserver, { ...to, content, part: `${telling.part}-waits-${room}` }, true);
    return sent.ok ? ok(false) : sent;
  }
  const filed = await sendFiles({ room, desk }, telling, deps);
  if (!filed.ok) return filed;
  const sent = await sendOnce(
    homeserver,
    { ...to, content: contentOf(telling, desk, room), part: `${telling.part}-${room}` },
    telling.look,
  );
  return sent.ok ? ok(true) : sent;
}

async function sendFiles(
  { room }: There,
  { files, source, part, look, at }: Telling,
  { homeserver }: DsarDeps,
): Done<undefined> {
  for await (const file of files()) {
    const to = { as: homeserver.compliance, room, source, type: 'm.room.message', part: `${part}-file-${file.name}` };
    const there = look ? await homeserver.findEcho(to) : ok(undefined);
    if (!there.ok) return err(there.error);
    if (there.value !== undefined) continue;
    const url = await homeserver.upload({ as: to.as, name: file.name, type: file.type, bytes: file.bytes });
    if (!url.ok) return err(url.error);
    const sent = await homeserver.send({ ...to, content: { ...attached(file, url.value), ...inReply(at, room) } });
    if (!sent.ok) return err(sent.error);
  }
  return ok(undefined);
}

function attached(file: AnswerFile & { readonly refs?: readonly Position[] }, url: string): JsonObject {
  const { name, type, bytes, refs = [] } = file;
  return {
    ...{ msgtype: 'm.file', body: name, filename: name, url },
    info: { mimetype: type, size: bytes.byteLength },
    'm.mentions': {},
    ...(refs.length === 0 ? {} : { 'org.gatehouse.refs': [...refs] }),
  };
}

function contentOf({ text, data, refs, at, mention }: Telling, desk: Desk, room: RoomId): JsonObject {
  const users = mention(desk);
  return {
    msgtype: users.length === 0 ? 'm.notice' : 'm.text',
    body: text(desk),
    'm.mentions': users.length === 0 ? {} : { user_ids: [...users] },
    'org.gatehouse.answer': { command: 'dsar', code: 'ok', data },
    ...(refs.length === 0 ? {} : { 'org.gatehouse.refs': [...refs] }),
    ...inReply(at, room),
  };
}

function inReply(at: AskedAt | undefined, room: RoomId): JsonObject {
  return at?.room === room ? { 'm.relates_to': { 'm.in_reply_to': { event_id: at.event } } } : {};
}

/** `dsar.looked-told`: what is on record of the person, in reply to who asked. */
export function dsarLookedToldTask(deps: DsarDeps): TaskHandler {
  return async (task, entry, context) => {
    const looked = of(entry, 'dsar.looked');
    const request = looked === undefined ? undefined : await deps.tools.persons?.of(looked.body.request);
    if (looked === undefined || request === undefined) return DONE;
    const { id, wants, at, due } = request;
    const words = (desk: Desk): string =>
      [
        `Request ${itemId(id)} · ${WANTS[wants]} · ${personWords(request)}. On record:`,
        ...lookLines(looked.body.counts, wants),
        `Due on ${dueDay(due, desk.timezone)}.`,
        ...nextLines(request),
      ].join('\n');
    const telling: Telling = {
      ...{ source: looked.position, part: 'looked', text: words, refs: refsOfPerson(request), at },
      ...{ data: { request: itemId(id), look: looked.position }, files: noFiles, mention: () => [] },
      ...{ waits: `What is on record for request ${itemId(id)} is counted.`, look: again(task.attempts, context) },
    };
    return tellDesks(telling, deps, context.signal);
  };
}

/** `dsar.erased-told`: what went, what stays and why, with the certificate. */
export function dsarErasedToldTask(deps: DsarDeps): TaskHandler {
  return async (task, entry, context) => {
    const erased = of(entry, 'dsar.erased');
    const request = erased === undefined ? undefined : await deps.tools.persons?.of(erased.body.request);
    if (erased === undefined || request === undefined) return DONE;
    const { id } = request;
    const certificate = await deps.tools.retention?.certificate(erased.body.run);
    const final = certificate?.entry.body.finalAt;
    const isGone = erased.body.counts.some(({ outcome }) => outcome === 'erased');
    const words = (desk: Desk): string =>
      [
        `Request ${itemId(id)}: ${isGone ? 'what could go is gone' : 'nothing could go'}.`,
        ...erasedLines(erased.body.counts),
        ...(final === undefined || !isGone ? [] : [`Final in the backups too on ${dueDay(final, desk.timezone)}.`]),
        ...nextLines(request),
      ].join('\n');
    const telling: Telling = {
      ...{ source: erased.position, part: 'erased', text: words, refs: [id], at: await askedAt(request, deps) },
      ...{ data: { request: itemId(id), run: erased.body.run }, mention: () => [] },
      files: async function* () {
        if (certificate !== undefined) yield await Promise.resolve(certificate.file);
      },
      ...{ waits: `Request ${itemId(id)} is done.`, look: again(task.attempts, context) },
    };
    return tellDesks(telling, deps, context.signal);
  };
}

/** Where it was last asked to be done, or opened. */
export async function askedAt(request: PersonRequest, { tools }: DsarDeps): Promise<AskedAt> {
  const decided = request.decided?.body.asked;
  const asked = decided === undefined ? undefined : await tools.read(decided);
  return of(asked, 'dsar.run-requested')?.body.at ?? request.at;
}

/** Of the desk that opened it: its days count. */
export async function zoneOf({ at }: PersonRequest, { views, desks }: DsarDeps): Promise<string> {
  return ((await deskAt(views, desks, at.room)) ?? desks[0])?.timezone ?? 'utc';
}

export function again(attempts: number, { mayRepeat }: { readonly mayRepeat: boolean }): boolean {
  return mayRepeat || attempts > 0;
}

export function of<K extends Entry['kind']>(entry: Entry | ErasedEntry | undefined, kind: K): EntryOf<K> | undefined {
  return entry === undefined || 'erased' in entry || !isKind(entry, kind) ? undefined : entry;
}

function isKind<K extends Entry['kind']>(entry: Entry, kind: K): entry is Entry & EntryOf<K> {
  return entry.kind === kind;
}
