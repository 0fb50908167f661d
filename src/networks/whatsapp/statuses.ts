/**
 * What became of what we sent ("status messages webhook reference"). Statuses come in any order and more than once:
 * `read` without `delivered`, `delivered` after `failed`.
 */
import { parseRemoteId, type Address, type RemoteId } from '../../core/ids.ts';
import type { ReceiptState } from '../../core/network-entries.ts';
import type { OutboundUpdate } from '../../core/ports/connector.ts';
import { optedOut, undeliveredWords } from './errors.ts';
import { errorWords, status as statusShape, type WaStatus } from './payload.ts';
import type { Known, People } from './people.ts';
import { contentId, lost, takeKnown, timeOf, type Reading } from './reading.ts';

/** Longer ids are told by a hash of what they are. */
const idMost = 200;

const states: ReadonlyMap<string, ReceiptState> = new Map([
  ['sent', 'accepted'],
  ['delivered', 'delivered'],
  ['read', 'read'],
  // A voice message was heard.
  ['played', 'read'],
  ['failed', 'failed'],
]);

export async function takeStatus(item: unknown, reading: Reading, people: People): Promise<void> {
  const known = readStatus(item);
  if (known === undefined) {
    lost(item, 'a status that can not be read', reading);
    return;
  }
  const { status, remoteId, state } = known;
  const who = await personOf(status, reading, people);
  if (who !== undefined) takeKnown(who, status.id, reading);
  const base = baseOf(status, { item, reading, by: byOf(status, who) });
  reading.taken.updates.push({ ...base, remoteId, state, ...matching(status, remoteId) });
  if (status.errors?.[0]?.code === optedOut && who !== undefined) stopped(who.address, base, reading);
}

function readStatus(item: unknown): { status: WaStatus; remoteId: RemoteId; state: ReceiptState } | undefined {
  const status = statusShape.safeParse(item).data;
  const remoteId = parseRemoteId(status?.id);
  const state = status === undefined ? undefined : states.get(status.status);
  if (status === undefined || !remoteId.ok || state === undefined) return undefined;
  return { status, remoteId: remoteId.value, state };
}

type Base = Pick<OutboundUpdate, 'id' | 'sure' | 'at' | 'raw' | 'by'>;

function baseOf(
  { id: of, status, timestamp }: WaStatus,
  { item, reading, by }: { readonly item: unknown; readonly reading: Reading; readonly by: Address | undefined },
): Base {
  const at = timeOf(timestamp, reading.now);
  const named = `status/${of}/${status}/${at}${by === undefined ? '' : `/${by}`}`;
  const id = named.length > idMost ? contentId('status', item) : named;
  return { id, sure: true, at, raw: reading.raw(item), ...(by === undefined ? {} : { by }) };
}

function byOf({ recipient_type: type }: WaStatus, who: Known | undefined): Address | undefined {
  return type === 'group' ? who?.address : undefined;
}

function matching(status: WaStatus, id: RemoteId): Pick<OutboundUpdate, 'matches' | 'code' | 'detail'> {
  const ours = ourId(status);
  return { matches: ours === undefined ? [id] : [id, ours], ...failure(status) };
}

/** Like the word of one who says so. */
function stopped(person: Address, { id, sure, at, raw }: Base, { line, taken }: Reading): void {
  const consent = { from: person, to: line, action: 'stop' as const, detail: 'no more marketing messages' };
  taken.events.push({ kind: 'consent', consent, id: `consent/${id}`, sure, at, raw });
}

/** The position that went out as `biz_opaque_callback_data`: it names a send whose answer we never got. */
function ourId({ biz_opaque_callback_data: data }: WaStatus): RemoteId | undefined {
  const id = parseRemoteId(data);
  return id.ok && /^[1-9]\d{0,15}$/u.test(id.value) ? id.value : undefined;
}

function personOf(status: WaStatus, { line }: Reading, people: People): ReturnType<People['who']> {
  if (status.recipient_type === 'group') {
    const { recipient_participant_id: phone, recipient_participant_user_id: userId } = status;
    return people.who({ phone, userId }, line);
  }
  const { recipient_id: phone, recipient_user_id: userId, recipient_parent_user_id: parentUserId } = status;
  return people.who({ phone, userId, parentUserId }, line);
}

function failure({ status, errors }: WaStatus): { readonly code?: string; readonly detail?: string } {
  const error = errors?.[0];
  if (status !== 'failed' || error === undefined) return {};
  return { code: String(error.code), detail: undeliveredWords(error.code) ?? errorWords(error) };
}
