/** What a person's message is to the record: a message, or a change of one that the same person wrote. */
import type { Clock } from '../../core/clock.ts';
import type { Address, RemoteId } from '../../core/ids.ts';
import type { KvEdit, NetworkEvent } from '../../core/ports/connector.ts';
import type { Aliases } from './aliases.ts';
import { sentAt, wireOf, type Arrival } from './arrival.ts';
import { chatKey, eventIdOf, remoteIdOf, type OurIds } from './message-ids.ts';
import { ns } from './namespaces.ts';
import { contentOf } from './stanzas/content.ts';
import {
  chatStateOf,
  isForgedCopy,
  reactionsOf,
  receiptsOf,
  replacedBy,
  retractionOf,
  writersId,
} from './stanzas/payload.ts';
import { childOf, elementsOf, textOf } from './xml/element.ts';

export interface Naming {
  readonly ids: OurIds;
  readonly aliases: Aliases;
  readonly clock: Clock;
}

export interface ToRecord {
  readonly event: NetworkEvent;
  readonly kv: readonly KvEdit[];
  /** Of a message; what a read marker would name it by. */
  readonly remoteId?: RemoteId;
}

/** Payloads that say something to programs only. */
const forPrograms: readonly string[] = [ns.hints, ns.sid, ns.delay, ns.jingleMessage, ns.fallback, ns.nick];

/** Undefined for what is no message to anybody: typing, receipts, hints. */
export function personalEvent(arrival: Arrival, chat: Address, naming: Naming): ToRecord | undefined {
  const { stanza, line } = arrival;
  const key = chatKey(line, chat);
  if (isForgedCopy(stanza))
    return unsupported(arrival, chat, naming, 'a copy of a message of others, which is not believed');
  return (
    edit(arrival, chat, naming, key) ??
    redaction(arrival, chat, naming, key) ??
    reaction(arrival, chat, naming, key) ??
    message(arrival, chat, naming, key) ??
    (isSilent(arrival) ? undefined : unsupported(arrival, chat, naming, `a message of "${kindOf(arrival)}"`))
  );
}

/** What every event of the stanza begins with; `sure` where its writer gave it an id. */
export function baseOf(arrival: Arrival, kind: string, key: string, naming: Naming): Omit<EventBase, 'kind'> {
  const id = writersId(arrival.stanza);
  return {
    id: id === undefined ? `${kind}/${naming.ids.likeness(arrival.raw)}` : eventIdOf(kind, key, id),
    sure: id !== undefined,
    at: sentAt(arrival.stanza, naming.clock),
    raw: arrival.raw,
  };
}
type EventBase = Pick<NetworkEvent, 'id' | 'sure' | 'at' | 'raw' | 'kind'>;

function edit(arrival: Arrival, chat: Address, naming: Naming, key: string): ToRecord | undefined {
  const { stanza, line } = arrival;
  const replaced = replacedBy(stanza);
  if (replaced === undefined) return undefined;
  // Some clients name the correction before instead of the message.
  const original = naming.aliases.get(`c/${key}/${replaced}`) ?? replaced;
  const target = remoteIdOf('in', key, original);
  if (target === undefined) return undefined;
  const id = writersId(stanza);
  const content = contentOf(stanza) ?? { text: '' };
  return {
    event: {
      ...baseOf(arrival, 'edit', key, naming),
      kind: 'edit',
      edit: { from: chat, to: line, target, ...content },
    },
    kv: id === undefined ? [] : naming.aliases.note(`c/${key}/${id}`, original),
  };
}

function redaction(arrival: Arrival, chat: Address, naming: Naming, key: string): ToRecord | undefined {
  const retraction = retractionOf(arrival.stanza);
  if (retraction === undefined) return undefined;
  const target = remoteIdOf('in', key, naming.aliases.get(`c/${key}/${retraction.id}`) ?? retraction.id);
  if (target === undefined) return undefined;
  const redacted = { from: chat, to: arrival.line, targets: [target] };
  return { event: { ...baseOf(arrival, 'gone', key, naming), kind: 'redaction', redaction: redacted }, kv: [] };
}

function reaction(arrival: Arrival, chat: Address, naming: Naming, key: string): ToRecord | undefined {
  const given = reactionsOf(arrival.stanza);
  if (given === undefined) return undefined;
  const target = namedId(given.id, key, naming);
  if (target === undefined) return undefined;
  const reacted = { from: chat, to: arrival.line, target, keys: given.keys };
  return { event: { ...baseOf(arrival, 'mark', key, naming), kind: 'reaction', reaction: reacted }, kv: [] };
}

/** A message by the id that the other side calls it: ours by its form, else theirs. */
function namedId(id: string, key: string, { ids, aliases }: Naming): RemoteId | undefined {
  const original = aliases.get(`c/${key}/${id}`) ?? id;
  return remoteIdOf(ids.areOurs(original, key) ? 'out' : 'in', key, original);
}

function message(arrival: Arrival, chat: Address, naming: Naming, key: string): ToRecord | undefined {
  const { stanza, line } = arrival;
  const content = contentOf(stanza);
  if (content === undefined) return undefined;
  const id = writersId(stanza);
  const remoteId = id === undefined ? undefined : remoteIdOf('in', key, id);
  const replied = childOf(stanza, ns.reply, 'reply')?.attrs['id'];
  const answered = replied === undefined ? undefined : namedId(replied, key, naming);
  const nick = textOf(childOf(stanza, ns.nick, 'nick'))
    .trim()
    .slice(0, 200);
  const written = {
    ...{ from: chat, to: line, ...content, wire: wireOf(arrival) },
    ...(remoteId === undefined ? {} : { remoteId }),
    ...(answered === undefined ? {} : { replyTo: { id: answered } }),
    ...(nick === '' ? {} : { fromName: nick }),
  };
  return {
    event: { ...baseOf(arrival, 'msg', key, naming), kind: 'message', message: written },
    kv: [],
    ...(remoteId === undefined ? {} : { remoteId }),
  };
}

function unsupported(arrival: Arrival, chat: Address, naming: Naming, what: string): ToRecord {
  const base = baseOf(arrival, 'odd', chatKey(arrival.line, chat), naming);
  return { event: { ...base, kind: 'unsupported', what, to: arrival.line, from: chat }, kv: [] };
}

function isSilent({ stanza }: Arrival): boolean {
  if (chatStateOf(stanza) !== undefined || receiptsOf(stanza).length > 0) return true;
  return elementsOf(stanza).every(({ ns: of }) => of === ns.component || forPrograms.includes(of));
}

function kindOf({ stanza }: Arrival): string {
  return (elementsOf(stanza).find(({ ns: of }) => of !== ns.component)?.ns ?? 'nothing').slice(0, 100);
}
