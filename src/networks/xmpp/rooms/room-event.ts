/** What a room's message is to the record. Only a message's own writer, or a moderator, can change it. */
import type { Address, RemoteId } from '../../../core/ids.ts';
import type { KvEdit, NetworkEvent } from '../../../core/ports/connector.ts';
import { wireOf, type Arrival } from '../arrival.ts';
import { addressOf } from '../jid.ts';
import { eventIdOf, remoteIdOf } from '../message-ids.ts';
import { ns } from '../namespaces.ts';
import { baseOf, type Naming, type ToRecord } from '../personal-event.ts';
import { contentOf } from '../stanzas/content.ts';
import {
  delayOf,
  isTombstone,
  reactionsOf,
  replacedBy,
  retractionOf,
  stanzaIdBy,
  writersId,
} from '../stanzas/payload.ts';
import { childOf } from '../xml/element.ts';
import type { Room } from './room.ts';

interface Told {
  readonly arrival: Arrival;
  readonly room: Room;
  readonly naming: Naming;
  readonly nick: string;
  /** Of a member, or the line itself where it wrote elsewhere. */
  readonly writer: Address;
  readonly who: string;
}

/** Undefined for what is no message to anybody. */
export function roomEvent(arrival: Arrival, room: Room, naming: Naming): ToRecord | undefined {
  const nick = arrival.from.resource;
  const writer = writerOf(arrival, room);
  if (writer === undefined) return undefined;
  const told: Told = { arrival, room, naming, nick, writer, who: room.whoWrote(nick, arrival.stanza) };
  return edit(told) ?? redaction(told) ?? reaction(told) ?? message(told) ?? tombstone(told);
}

/** Under our name while we were away somebody else wrote: our own words have ids of ours, and are known before this. */
function writerOf({ from: { resource: nick }, stanza }: Arrival, room: Room): Address | undefined {
  if (nick !== room.nick) return room.memberAt(nick);
  return delayOf(stanza) === undefined ? room.wish.line : addressOf(`${room.wish.room}/${nick}`);
}

/** What the room itself calls a message; undefined where it gives no ids. */
export function roomIdOf({ stanza }: Arrival, room: Room): string | undefined {
  return room.setsIds ? stanzaIdBy(stanza, room.wish.room) : undefined;
}

/** A moderator took it away (XEP-0425): the room says so itself. */
export function moderation(arrival: Arrival, room: Room, naming: Naming): ToRecord | undefined {
  const retraction = retractionOf(arrival.stanza);
  if (retraction?.moderated !== true) return undefined;
  const target = remoteIdOf('room', room.key, retraction.id);
  if (target === undefined) return undefined;
  const { room: from, line: to } = room.wish;
  const redacted = { from, to, group: room.group(), targets: [target] };
  const base = baseOf(arrival, 'gone', room.key, naming);
  return { event: { ...base, kind: 'redaction', redaction: redacted }, kv: [] };
}

function endsIn({ room, writer }: Told): { from: Address; to: Address; group: ReturnType<Room['group']>; own?: true } {
  const { line, room: chat } = room.wish;
  const group = room.group();
  return writer === line ? { from: line, to: chat, own: true, group } : { from: writer, to: line, group };
}

function edit(told: Told): ToRecord | undefined {
  const { arrival, room, naming, who } = told;
  const replaced = replacedBy(arrival.stanza);
  if (replaced === undefined) return undefined;
  const id = writersId(arrival.stanza);
  const original = byWriter(told, replaced) ?? unnamed(who, replaced);
  const target = remoteIdOf('room', room.key, original);
  if (target === undefined) return undefined;
  const content = contentOf(arrival.stanza) ?? { text: '' };
  const event: NetworkEvent = {
    ...eventBase(told, 'edit'),
    kind: 'edit',
    edit: { ...endsIn(told), target, ...content },
  };
  return { event, kv: id === undefined ? [] : naming.aliases.note(`g/${room.key}/${who}/${id}`, original) };
}

function redaction(told: Told): ToRecord | undefined {
  const retraction = retractionOf(told.arrival.stanza);
  if (retraction === undefined) return undefined;
  const { room, naming, who } = told;
  const isAuthor = naming.aliases.get(`w/${room.key}/${retraction.id}`) === who;
  const original = byWriter(told, retraction.id) ?? (isAuthor ? retraction.id : undefined);
  const target = original === undefined ? undefined : remoteIdOf('room', room.key, original);
  const base = eventBase(told, 'gone');
  if (target === undefined) {
    const what = "a deletion of a message that is not known as the writer's own";
    return { event: { ...base, kind: 'unsupported', what, to: room.wish.line, from: told.writer }, kv: [] };
  }
  return { event: { ...base, kind: 'redaction', redaction: { ...endsIn(told), targets: [target] } }, kv: [] };
}

function reaction(told: Told): ToRecord | undefined {
  const given = reactionsOf(told.arrival.stanza);
  const target = given === undefined ? undefined : remoteIdOf('room', told.room.key, given.id);
  if (given === undefined || target === undefined) return undefined;
  const reacted = { ...endsIn(told), target, keys: given.keys };
  return { event: { ...eventBase(told, 'mark'), kind: 'reaction', reaction: reacted }, kv: [] };
}

function message(told: Told): ToRecord | undefined {
  const { arrival, room, nick } = told;
  const content = contentOf(arrival.stanza);
  if (content === undefined) return undefined;
  const { remoteId, kv } = nameOf(told);
  const replied = childOf(arrival.stanza, ns.reply, 'reply')?.attrs['id'];
  const answered = replied === undefined ? undefined : remoteIdOf('room', room.key, replied);
  const base = eventBase(told, 'msg');
  const written = {
    ...{ ...endsIn(told), ...content, fromName: nick.slice(0, 200), wire: wireOf(arrival) },
    ...(remoteId === undefined ? {} : { remoteId }),
    ...(answered === undefined ? {} : { replyTo: { id: answered } }),
  };
  return { event: { ...base, kind: 'message', message: written }, kv, ...(remoteId ? { remoteId } : {}) };
}

/** XEP-0424, 5 and XEP-0425, 5: what an archive keeps in the place of what was taken away. */
function tombstone(told: Told): ToRecord | undefined {
  if (!isTombstone(told.arrival.stanza)) return undefined;
  const what = 'a message that was deleted before it reached us: the room does not tell what it said';
  const { room, writer } = told;
  const { line } = room.wish;
  return { event: { ...eventBase(told, 'msg'), kind: 'unsupported', what, to: line, from: writer }, kv: [] };
}

/** The room's id for it, and notes of who wrote it under which id of their own. */
function nameOf(told: Told): { readonly remoteId: RemoteId | undefined; readonly kv: readonly KvEdit[] } {
  const { arrival, room, naming, who } = told;
  const own = writersId(arrival.stanza);
  const given = roomIdOf(arrival, room);
  if (given === undefined) {
    return { remoteId: own === undefined ? undefined : remoteIdOf('room', room.key, unnamed(who, own)), kv: [] };
  }
  const kv = naming.aliases.note(`w/${room.key}/${given}`, who);
  const named = own === undefined ? [] : naming.aliases.note(`g/${room.key}/${who}/${own}`, given);
  return { remoteId: remoteIdOf('room', room.key, given), kv: [...kv, ...named] };
}

function byWriter({ room, naming, who }: Told, id: string): string | undefined {
  return naming.aliases.get(`g/${room.key}/${who}/${id}`);
}

/** In a room without ids of its own a message is called by its writer and the writer's id. */
function unnamed(who: string, id: string): string {
  return `${who}.${id}`;
}

/** The same live, from the room's history and from its archive: there people may no longer be known by name. */
function eventBase(told: Told, kind: string): ReturnType<typeof baseOf> {
  const { arrival, room, naming, who } = told;
  const base = baseOf(arrival, kind, room.key, naming);
  const given = roomIdOf(arrival, room);
  if (given !== undefined) return { ...base, id: eventIdOf(kind, `${room.key}/room`, given), sure: true };
  const id = writersId(arrival.stanza);
  return id === undefined ? base : { ...base, id: eventIdOf(kind, `${room.key}/${who}`, id), sure: true };
}
