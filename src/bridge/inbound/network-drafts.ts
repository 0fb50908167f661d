/**
 * What a connector brings as drafts of the record. Everything becomes one: what belongs to no line of ours, and what does
 * not fit its kind, is `network.unsupported` with its raw bytes. A draft that the journal refused would be brought again
 * and again, and with it all that comes after it.
 */
import type { Draft, DraftOf, EntryBodies, Where } from '../../core/entry.ts';
import type { ConnectorId, NetworkId } from '../../core/ids.ts';
import type { Line } from '../../core/line.ts';
import { endsOf, type Ends, type NetworkBodies } from '../../core/network-entries.ts';
import type { NetworkEvent, OutboundUpdate } from '../../core/ports/connector.ts';
import type { Log } from '../../core/ports/log.ts';
import { keepable } from '../../journal/entries/keepable.ts';
import { networkSource } from '../messages/message-projection.ts';
import type { Stray } from './strays.ts';

export interface Receiving {
  readonly connector: ConnectorId;
  readonly network: NetworkId;
  /** The connector's own. */
  readonly lines: readonly Line[];
  readonly log: Log;
}

type Base = Pick<DraftOf<'network.message'>, 'at' | 'source' | 'raw' | 'line' | 'class' | 'direction'>;
type Sides = Partial<Pick<Ends, 'from' | 'to'>>;

export function networkDraft(event: NetworkEvent, receiving: Receiving): Draft {
  const { connector, network, log } = receiving;
  const base = baseOf(event, connector);
  if (event.kind === 'account') {
    const body = { connector, alert: event.alert };
    return kept('network.account', body, base) ?? unkept(base, {}, receiving);
  }
  if (event.kind === 'unsupported') return unsupported(event.what, base, sides(event), receiving);
  const where = whereOf(event, receiving);
  if (where !== undefined) {
    return placedDraft(event, { connector, network }, { ...base, ...where }) ?? unkept(base, sidesOf(event), receiving);
  }
  log.warn('bridge.unknown-destination', { connector });
  return unsupported(strayWords(event), base, sidesOf(event), receiving);
}

const WORDS_MOST = 2_000;

/** No room shows what was written: officers read it here. */
function strayWords(event: Placed): string {
  const what = 'a message to an address that is no line of ours';
  const words = event.kind === 'message' ? event.message.text.slice(0, WORDS_MOST) : '';
  return words === '' ? what : `${what}: ${words}`;
}

/** Messages to, or from, an address on our side that is no line's. */
export function straysAmong(events: readonly NetworkEvent[], receiving: Pick<Receiving, 'lines'>): readonly Stray[] {
  return events.flatMap((event) => {
    if (event.kind !== 'message' || whereOf(event, receiving) !== undefined) return [];
    return [{ event, address: endsOf(event.message).line }];
  });
}

export function receiptDraft(update: OutboundUpdate, receiving: Receiving): Draft {
  const { connector, network } = receiving;
  const { id, sure, at, raw, ...receipt } = update;
  const base = baseOf({ id, sure, at, raw }, connector);
  return kept('network.receipt', { connector, network, ...receipt }, base) ?? unkept(base, {}, receiving);
}

function baseOf(
  event: Pick<NetworkEvent, 'id' | 'sure' | 'mayRepeat' | 'at' | 'raw'>,
  connector: ConnectorId,
): Pick<Base, 'at' | 'source' | 'raw'> {
  const mayRepeat = event.mayRepeat === undefined ? {} : { mayRepeat: event.mayRepeat };
  const source = { system: networkSource(connector), id: event.id.toWellFormed(), sure: event.sure, ...mayRepeat };
  return { at: event.at, source, raw: event.raw };
}

/** Undefined where the journal can't keep it as what it says it is. */
function kept<K extends keyof NetworkBodies>(kind: K, body: EntryBodies[K], base: Base): DraftOf<K> | undefined {
  const sound = keepable(kind, body);
  return sound === undefined ? undefined : { ...base, kind, body: sound };
}

function unkept(base: Base, ends: Sides, receiving: Receiving): Draft {
  receiving.log.warn('bridge.not-as-said', { connector: receiving.connector });
  return unsupported('something that can not be kept as what it says it is', base, ends, receiving);
}

function unsupported(what: string, base: Base, ends: Sides, { connector, network }: Receiving): Draft {
  const body = { connector, network, what: what.toWellFormed() };
  const inbound = { ...base, direction: 'inbound' as const };
  return (
    kept('network.unsupported', { ...body, ...ends }, inbound) ?? { ...inbound, kind: 'network.unsupported', body }
  );
}

type Placed = Exclude<NetworkEvent, { kind: 'account' | 'unsupported' }>;

/** Undefined where the address on our side is no line's. */
function whereOf(
  event: Placed,
  { lines }: Pick<Receiving, 'lines'>,
): Pick<Where, 'line' | 'class' | 'direction'> | undefined {
  const address = event.kind === 'chat' ? event.chat.line : endsOf(endsIn(event)).line;
  const line = lines.find((one) => one.address === address);
  const own = event.kind !== 'chat' && endsIn(event).own === true;
  return line === undefined ? undefined : { line: line.id, class: line.class, direction: own ? 'outbound' : 'inbound' };
}

function endsIn(event: Exclude<Placed, { kind: 'chat' }>): Ends {
  switch (event.kind) {
    case 'message':
      return event.message;
    case 'edit':
      return event.edit;
    case 'redaction':
      return event.redaction;
    case 'reaction':
      return event.reaction;
    case 'consent':
      return event.consent;
  }
}

function sidesOf(event: Placed): Sides {
  return event.kind === 'chat' ? { from: event.chat.chat, to: event.chat.line } : sides(endsIn(event));
}

function sides({ from, to }: Sides): Sides {
  return { ...(to === undefined ? {} : { to }), ...(from === undefined ? {} : { from }) };
}

function placedDraft(event: Placed, of: Omit<Receiving, 'lines' | 'log'>, base: Base): Draft | undefined {
  switch (event.kind) {
    case 'message':
      return kept('network.message', { ...of, ...event.message }, base);
    case 'edit':
      return kept('network.edit', { ...of, ...event.edit }, base);
    case 'redaction':
      return kept('network.redaction', { ...of, ...event.redaction }, base);
    case 'reaction':
      return kept('network.reaction', { ...of, ...event.reaction }, base);
    case 'consent':
      return kept('network.consent', { ...of, ...event.consent }, base);
    case 'chat':
      return kept('network.chat', { ...of, ...event.chat }, base);
  }
}
