/** Keeps `message` and `provider_id` as entries come: who wrote what in which portal, and how far it got. */
import type { Entry, EntryOf } from '../../core/entry.ts';
import { endsOf } from '../../core/network-entries.ts';
import {
  parseConnectorId,
  type ConnectorId,
  type EventId,
  type PortalId,
  type Position,
  type RoomId,
} from '../../core/ids.ts';
import { forgetRecord } from '../../journal/forget-rows.ts';
import type { Left, Projection } from '../../journal/projection.ts';
import type { Writing } from '../../storage/database.ts';
import type { Sealer } from '../../storage/sealer.ts';
import {
  changeAttemptSchema,
  noteChangeAnswered,
  noteChangeAttempt,
  noteWantedChange,
} from './change-attempt-store.ts';
import { changeShownSchema, noteChangeShown } from './change-shown-store.ts';
import { lateEditSchema, noteLateEdit } from './late-edit-store.ts';
import { abandoned, attempted, deferred, edited, received, retried, settled, withdrawn } from './message-moves.ts';
import { addMessage, messageAt, messageByEvent, messageSchema, saveMessage, type Message } from './message-store.ts';
import { outboundForm } from './outbound-form.ts';
import { approved, expired, overridden, rejected, stoppedBy } from './policy-moves.ts';
import { placeOfAddress } from '../portals/portal-store.ts';
import { messageOfRemote, noteChange, noteRemote, remoteMessageSchema } from './remote-message-store.ts';
import { noteSentOutcome, sentOutcomeSchema } from './sent-outcome-store.ts';
import { noteShown, shownEventSchema } from './shown-event-store.ts';
import { noteReaction, staffReactionSchema, takeReactionAway } from './staff-reaction-store.ts';
import { toldBefore } from './told-before.ts';
import { forgetEarlyReceipt, noteReceipt, noteSent, providerIdSchema, wholeState } from './provider-id-store.ts';

const NETWORK = 'network:';

/** The connector that an entry came from or through. */
export function connectorOf(entry: Pick<Entry, 'source'>): ConnectorId | undefined {
  if (!entry.source.system.startsWith(NETWORK)) return undefined;
  const id = parseConnectorId(entry.source.system.slice(NETWORK.length));
  return id.ok ? id.value : undefined;
}

export function networkSource(connector: ConnectorId): string {
  return `${NETWORK}${connector}`;
}

async function move(writing: Writing, of: Position, how: (message: Message) => Message): Promise<void> {
  const message = await messageAt(writing, of);
  if (message !== undefined) await saveMessage(writing, how(message));
}

async function moveByEvent(
  writing: Writing,
  at: { readonly room: RoomId; readonly event: EventId },
  how: (message: Message) => Message,
): Promise<void> {
  const message = await messageByEvent(writing, at.room, at.event);
  if (message?.direction === 'outbound') await saveMessage(writing, how(message));
}

/** What is asked of the network about a message that is there. */
const CHANGES: ReadonlySet<string> = new Set(['edit', 'redaction', 'reaction']);

async function onMatrixEvent(entry: EntryOf<'matrix.event'>, writing: Writing): Promise<void> {
  if (entry.portal === undefined || entry.direction !== 'outbound') return;
  if (CHANGES.has(outboundForm(entry.body).is)) await noteWantedChange(writing, entry.position);
  await onStaffEvent(entry, entry.portal, writing);
}

async function onStaffEvent(entry: EntryOf<'matrix.event'>, portal: PortalId, writing: Writing): Promise<void> {
  const form = outboundForm(entry.body);
  const { room_id: room, event_id: event, sender } = entry.body;
  if (form.is === 'message') {
    const { position, at, recordedAt } = entry;
    await addMessage(writing, { position, portal, direction: 'outbound', room, event, sender, at, recordedAt });
  } else if (form.is === 'reaction') {
    const on = await messageByEvent(writing, room, form.to);
    if (on === undefined) return;
    await noteReaction(writing, { event, of: on.position, key: form.key, position: entry.position });
  } else if (form.is === 'redaction') {
    await takeReactionAway(writing, form.of, entry.position);
    await moveByEvent(writing, { room, event: form.of }, (message) => withdrawn(message, entry.position));
  } else if (form.is === 'edit') {
    await onEdit(entry, form.of, writing);
  }
}

/** Only the author's edits count; others' are on record and nothing more. */
async function onEdit(
  { position, body: { room_id: room, sender } }: EntryOf<'matrix.event'>,
  event: EventId,
  writing: Writing,
): Promise<void> {
  const message = await messageByEvent(writing, room, event);
  if (message?.direction !== 'outbound' || message.sender !== sender) return;
  const moved = edited(message, position);
  await saveMessage(writing, moved);
  if (moved.lateEdits > message.lateEdits) await noteLateEdit(writing, { of: message.position, position });
}

async function onNetworkMessage(entry: EntryOf<'network.message'>, writing: Writing, sealer: Sealer): Promise<void> {
  if (entry.line === undefined) return;
  const { connector, network, remoteId } = entry.body;
  const address = endsOf(entry.body).chat;
  const place = await placeOfAddress(writing, sealer, { line: entry.line, network, address });
  if (place === undefined) return;
  const { position, at, recordedAt } = entry;
  const none = { room: undefined, event: undefined, sender: undefined };
  const first = await toldBefore(entry, writing);
  if (first?.portal === place.portal) return noteChange(writing, { position, of: first.position });
  if (remoteId !== undefined) await noteRemote(writing, sealer, { connector, id: remoteId, of: position });
  await addMessage(writing, { position, portal: place.portal, direction: 'inbound', at, recordedAt, ...none });
}

type Change = EntryOf<'network.edit'> | EntryOf<'network.redaction'> | EntryOf<'network.reaction'>;

/** It is about messages of its own chat only, whatever id it names. */
async function onChange(entry: Change, writing: Writing, sealer: Sealer): Promise<void> {
  if (entry.portal === undefined) return;
  const { connector } = entry.body;
  const ids = entry.kind === 'network.redaction' ? entry.body.targets : [entry.body.target];
  const about = new Set<Position>();
  for (const id of ids) {
    const of = await messageOfRemote(writing, sealer, { connector, id });
    const message = of === undefined ? undefined : await messageAt(writing, of);
    if (message?.portal === entry.portal) about.add(message.position);
  }
  for (const of of about) await noteChange(writing, { position: entry.position, of });
}

async function onWanted(entry: EntryOf<'portal.wanted'>, writing: Writing, sealer: Sealer): Promise<void> {
  if (entry.body.text === undefined) return;
  const place = await placeOfAddress(writing, sealer, entry.body);
  if (place === undefined) return;
  const { position, at, recordedAt, body } = entry;
  const none = { room: undefined, event: undefined };
  const { portal } = place;
  await addMessage(writing, { position, portal, direction: 'outbound', sender: body.by, at, recordedAt, ...none });
}

async function onAttempt({ body, position }: EntryOf<'delivery.attempt'>, writing: Writing): Promise<void> {
  if (body.target !== 'network') return;
  const message = await messageAt(writing, body.of);
  if (message === undefined) await noteChangeAttempt(writing, { of: body.of, attempts: body.attempt });
  else await saveMessage(writing, attempted(message, position));
}

async function onOutcome(entry: EntryOf<'delivery.outcome'>, writing: Writing, sealer: Sealer): Promise<void> {
  const { body, position } = entry;
  const message = await messageAt(writing, body.of);
  if (message === undefined) {
    if (body.target === 'network') await noteChangeAnswered(writing, body.of);
    else await noteChangeShown(entry, writing);
  } else if (body.target === 'matrix') {
    const shown = { ...message, event: body.eventId ?? message.event, room: entry.room ?? message.room };
    if (body.further !== undefined) await noteShown(writing, body.of, body.further);
    await saveMessage(writing, message.direction === 'inbound' ? settled(shown, body, position) : shown);
  } else {
    await onNetworkOutcome(entry, message, { writing, sealer });
  }
}

async function onNetworkOutcome(
  entry: EntryOf<'delivery.outcome'>,
  message: Message,
  { writing, sealer }: { readonly writing: Writing; readonly sealer: Sealer },
): Promise<void> {
  const { body, position } = entry;
  const connector = connectorOf(entry);
  const now = settled(message, body, position);
  if (connector === undefined || body.ids === undefined || body.ids.length === 0) {
    await saveMessage(writing, now);
    return;
  }
  await noteSentOutcome(writing, { of: body.of, position });
  await noteSent(writing, sealer, { connector, of: body.of, ids: body.ids, at: entry.recordedAt });
  await saveMessage(writing, received(now, await wholeState(writing, body.of), position));
}

async function onReceipt(entry: EntryOf<'network.receipt'>, writing: Writing, sealer: Sealer): Promise<void> {
  const { connector, state, remoteId, matches } = entry.body;
  const ids = [remoteId, ...(matches ?? [])];
  // Its message was known when it came, or it would stand nowhere: what is not known now is erased, and not yet to come.
  const overtakes = entry.portal === undefined;
  const of = await noteReceipt(writing, sealer, { connector, ids, state, at: entry.recordedAt, overtakes });
  if (of === undefined) return;
  const whole = await wholeState(writing, of);
  await move(writing, of, (message) => received(message, whole, entry.position));
}

/** Somebody's wish, or its place among the others: nothing that the network said. */
type Wish = EntryOf<'delivery.retry'> | EntryOf<'delivery.deferred'> | EntryOf<'delivery.abandoned'>;

function afterWish(message: Message, entry: Wish): Message {
  switch (entry.kind) {
    case 'delivery.retry':
      return retried(message, entry.position);
    case 'delivery.deferred':
      return deferred(message, entry.position);
    case 'delivery.abandoned':
      return abandoned(message, entry.body.reason, entry.position);
  }
}

type Decision =
  EntryOf<'policy.verdict'> | EntryOf<'policy.approved'> | EntryOf<'policy.rejected'> | EntryOf<'policy.expired'>;

function afterDecision(message: Message, entry: Decision): Message {
  switch (entry.kind) {
    case 'policy.verdict':
      return stoppedBy(message, entry.body, entry.position);
    case 'policy.approved':
      return approved(message, entry.body, entry.position);
    case 'policy.rejected':
      return rejected(message, entry.body, entry.position);
    case 'policy.expired':
      return expired(message, entry.body, entry.position);
  }
}

async function onOverridden({ body, position }: EntryOf<'policy.overridden'>, writing: Writing): Promise<void> {
  if (body.message !== undefined) await move(writing, body.message, (message) => overridden(message, body, position));
}

async function onPolicy(entry: Entry, writing: Writing): Promise<void> {
  switch (entry.kind) {
    case 'policy.verdict':
    case 'policy.approved':
    case 'policy.rejected':
    case 'policy.expired':
      return move(writing, entry.body.of, (message) => afterDecision(message, entry));
    case 'policy.overridden':
      return onOverridden(entry, writing);
    default:
  }
}

async function apply(entry: Entry, writing: Writing, sealer: Sealer): Promise<void> {
  switch (entry.kind) {
    case 'portal.wanted':
      return onWanted(entry, writing, sealer);
    case 'matrix.event':
      return onMatrixEvent(entry, writing);
    case 'delivery.attempt':
      return onAttempt(entry, writing);
    case 'delivery.outcome':
      return onOutcome(entry, writing, sealer);
    case 'delivery.retry':
    case 'delivery.deferred':
    case 'delivery.abandoned':
      return move(writing, entry.body.of, (message) => afterWish(message, entry));
    default:
      await onNetwork(entry, writing, sealer);
      await onPolicy(entry, writing);
  }
}

async function onNetwork(entry: Entry, writing: Writing, sealer: Sealer): Promise<void> {
  switch (entry.kind) {
    case 'network.message':
      return onNetworkMessage(entry, writing, sealer);
    case 'network.edit':
    case 'network.redaction':
    case 'network.reaction':
      return onChange(entry, writing, sealer);
    case 'network.receipt':
      return onReceipt(entry, writing, sealer);
    default:
  }
}

const forgetMessage = forgetRecord(
  ['message', 'position'],
  ['provider_id', 'of'],
  ...([
    ['change_attempt', 'of'],
    ['change_shown', 'of'],
    ['change_shown', 'change'],
    ['change_shown', 'position'],
    ['late_edit', 'of'],
    ['late_edit', 'position'],
    ['remote_message', 'of'],
    ['remote_change', 'of'],
    ['remote_change', 'position'],
    ['sent_outcome', 'of'],
    ['shown_event', 'of'],
    ['staff_reaction', 'of'],
    ['staff_reaction', 'position'],
  ] as const),
);

async function forget(entry: Entry, writing: Writing, left: Left): Promise<void> {
  await forgetMessage(entry, writing, left);
  if (entry.kind !== 'network.receipt') return;
  const { connector, remoteId, matches } = entry.body;
  await forgetEarlyReceipt(writing, left.sealer, { connector, ids: [remoteId, ...(matches ?? [])] });
}

export const messagesProjection: Projection = {
  name: 'messages',
  tables: [
    'message',
    'provider_id',
    'change_attempt',
    'change_shown',
    'late_edit',
    'remote_message',
    'remote_change',
    'sent_outcome',
    'shown_event',
    'staff_reaction',
  ],
  schema: (dialect) => [
    ...messageSchema(dialect),
    ...providerIdSchema(dialect),
    ...changeAttemptSchema(dialect),
    ...changeShownSchema(dialect),
    ...lateEditSchema(dialect),
    ...remoteMessageSchema(dialect),
    ...sentOutcomeSchema(dialect),
    ...shownEventSchema(dialect),
    ...staffReactionSchema(dialect),
  ],
  apply,
  forget,
};
