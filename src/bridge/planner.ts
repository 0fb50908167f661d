/** Which tasks follow from an entry, and in which lane: a pure function of the entry and the projections after it. */
import type { Entry, EntryKind, EntryOf } from '../core/entry.ts';
import { lane, type EventId, type PortalId, type Position, type RoomId } from '../core/ids.ts';
import type { Planner, TaskDraft } from '../journal/projection.ts';
import type { Reading } from '../storage/database.ts';
import type { Sealer } from '../storage/sealer.ts';
import { isLateEdit } from './messages/message-moves.ts';
import { messageOfEntry } from './messages/entry-message.ts';
import { messageAt, messageByEvent, type Message } from './messages/message-store.ts';
import { kindOfUser } from './people/our-users.ts';
import { outboundForm } from './messages/outbound-form.ts';
import { placeOfAddress } from './portals/portal-store.ts';
import { sentAs } from './messages/provider-id-store.ts';
import { messagesChangedBy } from './messages/remote-message-store.ts';
import { staffReaction } from './messages/staff-reaction-store.ts';
import { settleTime } from './outbound/settle.ts';

const deliver = (portal: PortalId): TaskDraft => ({ kind: 'deliver', lane: lane('in', portal) });
const open = (portal: PortalId): TaskDraft => ({ kind: 'open', lane: lane('in', portal) });
const send = (portal: PortalId): TaskDraft => ({ kind: 'send', lane: lane('out', portal) });
const settle = (portal: PortalId): TaskDraft => ({ kind: 'settle', lane: lane('settle', portal) });
const react = (portal: PortalId): TaskDraft => ({ kind: 'react', lane: lane('out', portal) });
const mark = (portal: PortalId): TaskDraft => ({ kind: 'mark', lane: lane('mark', portal) });

/** What the policy says of a message, and may move it. */
const OF_THE_GATE: ReadonlySet<EntryKind> = new Set([
  ...(['policy.verdict', 'policy.overridden'] as const),
  ...(['policy.approved', 'policy.rejected', 'policy.expired'] as const),
]);

async function afterPortalEvent(
  entry: EntryOf<'matrix.event'>,
  portal: PortalId,
  reading: Reading,
): Promise<readonly TaskDraft[]> {
  const form = outboundForm(entry.body);
  switch (form.is) {
    case 'message':
      return [send(portal), mark(portal)];
    case 'reaction': {
      const on = await messageByEvent(reading, entry.body.room_id, form.to);
      return on === undefined ? [] : [react(portal)];
    }
    case 'encrypted':
      return [{ kind: 'encrypted', lane: lane('room', portal) }];
    case 'nothing':
      return [];
    case 'edit': {
      const target = await messageByEvent(reading, entry.body.room_id, form.of);
      return target?.direction === 'outbound' ? afterEdit(entry, target) : [];
    }
    case 'redaction':
      return afterRedaction({ of: form.of, room: entry.body.room_id, portal }, reading);
  }
}

/** Of a message, or of a reaction to one. */
async function afterRedaction(
  { of, room, portal }: { readonly of: EventId; readonly room: RoomId; readonly portal: PortalId },
  reading: Reading,
): Promise<readonly TaskDraft[]> {
  const target = await messageByEvent(reading, room, of);
  if (target?.direction === 'outbound') return [{ kind: 'withdraw', lane: lane('out', portal) }];
  return (await staffReaction(reading, of)) === undefined ? [] : [react(portal)];
}

/** Where the network can edit it hears of each edit; where it can't the room is told once. */
function afterEdit(entry: EntryOf<'matrix.event'>, target: Message): readonly TaskDraft[] {
  if (target.sender !== entry.body.sender) return [];
  // It was out of its lane, stopped at the gate: its new text is judged in a turn of its own.
  if (target.state === 'waiting' && target.changed === entry.position)
    return [send(target.portal), mark(target.portal)];
  return isLateEdit(entry.body.sender, target) ? [{ kind: 'edit', lane: lane('out', target.portal) }] : [];
}

async function afterMatrix(
  entry: EntryOf<'matrix.event'>,
  reading: Reading,
  domain: string,
): Promise<readonly TaskDraft[]> {
  if (entry.portal === undefined) return [];
  const staff = entry.direction === 'outbound' && kindOfUser(entry.body.sender, domain) === 'local';
  return staff ? afterPortalEvent(entry, entry.portal, reading) : [];
}

async function afterRetry(of: Position, entry: Entry, reading: Reading): Promise<readonly TaskDraft[]> {
  const message = await messageAt(reading, of);
  // Only a retry that took effect: what is under way or arrived is left alone.
  if (message?.changed !== entry.position) return [];
  return message.direction === 'outbound' ? [send(message.portal), mark(message.portal)] : [deliver(message.portal)];
}

async function afterDeferred(entry: EntryOf<'delivery.deferred'>, reading: Reading): Promise<readonly TaskDraft[]> {
  const message = await messageAt(reading, entry.body.of);
  return message?.changed === entry.position ? [send(message.portal)] : [];
}

/** Only of a decision that took effect: of two, the second one moved nothing. */
async function afterGate(entry: Entry, reading: Reading): Promise<readonly TaskDraft[]> {
  const of = await messageOfEntry(entry, reading);
  const message = of === undefined ? undefined : await messageAt(reading, of);
  if (message?.changed !== entry.position) return [];
  return message.state === 'waiting' ? [send(message.portal), mark(message.portal)] : [mark(message.portal)];
}

async function afterOutcome(
  entry: EntryOf<'delivery.outcome'> | EntryOf<'delivery.abandoned'>,
  reading: Reading,
): Promise<readonly TaskDraft[]> {
  const message = await messageAt(reading, entry.body.of);
  if (message?.direction !== 'outbound') return [];
  const open = entry.kind === 'delivery.outcome' && settleTime(entry) !== undefined && message.state === 'pending';
  return open ? [mark(message.portal), settle(message.portal)] : [mark(message.portal)];
}

async function afterReceipt(
  entry: EntryOf<'network.receipt'>,
  reading: Reading,
  sealer: Sealer,
): Promise<readonly TaskDraft[]> {
  const { connector, remoteId, matches } = entry.body;
  const sent = await sentAs(reading, sealer, { connector, ids: [remoteId, ...(matches ?? [])] });
  const message = sent === undefined ? undefined : await messageAt(reading, sent.of);
  if (message === undefined) return [];
  return [
    ...(message.changed === entry.position ? [{ kind: 'receipt', lane: lane('mark', message.portal) }] : []),
    ...(entry.body.state === 'read' ? [{ kind: 'remote.read', lane: lane('in', message.portal) }] : []),
  ];
}

async function afterMessage(entry: EntryOf<'network.message'>, reading: Reading): Promise<readonly TaskDraft[]> {
  const message = await messageAt(reading, entry.position);
  if (message !== undefined) return [deliver(message.portal)];
  const [of] = await messagesChangedBy(reading, entry.position);
  const first = of === undefined ? undefined : await messageAt(reading, of);
  return first === undefined ? [] : [{ kind: 'remote.edit', lane: lane('in', first.portal) }];
}

const REMOTE = {
  'network.edit': 'remote.edit',
  'network.redaction': 'remote.redact',
  'network.reaction': 'remote.react',
} as const;

/** What it is about may come on record a moment later: a customer can be faster than a provider's answer to us. */
function afterRemote(
  entry: EntryOf<'network.edit'> | EntryOf<'network.redaction'> | EntryOf<'network.reaction'>,
): readonly TaskDraft[] {
  return entry.portal === undefined ? [] : [{ kind: REMOTE[entry.kind], lane: lane('in', entry.portal) }];
}

async function afterWanted(
  entry: EntryOf<'portal.wanted'>,
  reading: Reading,
  sealer: Sealer,
): Promise<readonly TaskDraft[]> {
  const place = await placeOfAddress(reading, sealer, entry.body);
  if (place === undefined) return [];
  return entry.body.text === undefined
    ? [open(place.portal)]
    : [open(place.portal), send(place.portal), mark(place.portal)];
}

function plan(entry: Entry, reading: Reading, part: { sealer: Sealer; domain: string }): Promise<readonly TaskDraft[]> {
  switch (entry.kind) {
    case 'portal.wanted':
      return afterWanted(entry, reading, part.sealer);
    case 'matrix.event':
      return afterMatrix(entry, reading, part.domain);
    case 'delivery.retry':
      return afterRetry(entry.body.of, entry, reading);
    case 'delivery.deferred':
      return afterDeferred(entry, reading);
    case 'delivery.outcome':
    case 'delivery.abandoned':
      return afterOutcome(entry, reading);
    default:
      return afterNetwork(entry, reading, part.sealer) ?? afterRest(entry, reading);
  }
}

function afterNetwork(entry: Entry, reading: Reading, sealer: Sealer): Promise<readonly TaskDraft[]> | undefined {
  switch (entry.kind) {
    case 'network.message':
      return afterMessage(entry, reading);
    case 'network.edit':
    case 'network.redaction':
    case 'network.reaction':
      return Promise.resolve(afterRemote(entry));
    case 'network.receipt':
      return afterReceipt(entry, reading, sealer);
    case 'network.chat':
      return Promise.resolve(afterChat(entry));
    default:
      return undefined;
  }
}

function afterChat({ portal, body }: EntryOf<'network.chat'>): readonly TaskDraft[] {
  const isNamed = body.name !== undefined && portal !== undefined;
  return isNamed ? [{ kind: 'chat.named', lane: lane('in', portal) }] : [];
}

function afterRest(entry: Entry, reading: Reading): Promise<readonly TaskDraft[]> {
  return OF_THE_GATE.has(entry.kind) ? afterGate(entry, reading) : Promise.resolve(toldOf(entry));
}

/** What people are told of by itself. */
function toldOf(entry: Entry): readonly TaskDraft[] {
  if (entry.kind === 'room.gone' && entry.body.portal !== undefined) {
    return [{ kind: 'room.gone', lane: lane('room', entry.body.portal) }];
  }
  if (entry.kind === 'network.consent' && entry.portal !== undefined) {
    return [{ kind: 'consent.told', lane: lane('in', entry.portal) }];
  }
  if (entry.kind === 'network.account' && entry.body.alert !== undefined) {
    return [{ kind: 'account.alert', lane: lane('room', entry.body.connector) }];
  }
  const refused = entry.kind === 'gate.changed' && !entry.body.open && entry.body.reason === 'bad-credentials';
  return refused ? [{ kind: 'gate.refused', lane: lane('room', entry.body.gate) }] : [];
}

export function bridgePlanner(domain: string): Planner {
  return {
    name: 'bridge',
    reads: ['contacts', 'portals', 'messages'],
    plan: (entry, reading, sealer) => plan(entry, reading, { sealer, domain }),
  };
}
