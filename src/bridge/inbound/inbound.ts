/** What a connector's context puts on record: messages with their line, receipts with the message they belong to. */
import type { Draft, DraftOf, Where } from '../../core/entry.ts';
import type { ConnectorId, NetworkId, Position } from '../../core/ids.ts';
import type { Line } from '../../core/line.ts';
import { endsOf, type Ends, type NetworkMessage } from '../../core/network-entries.ts';
import type { NetworkEvent, OutboundUpdate, KvEdit } from '../../core/ports/connector.ts';
import type { Log, Metrics } from '../../core/ports/log.ts';
import type { Appended, KvChange, Recorder } from '../../core/ports/recorder.ts';
import { networkSource } from '../messages/message-projection.ts';

export interface InboundDeps {
  readonly journal: Recorder;
  readonly lines: readonly Line[];
  readonly log: Log;
  readonly metrics: Metrics;
}

/** The two doors of one connector; each resolves when what came in is on disk. */
export interface Inbound {
  ingest(events: NetworkEvent | readonly NetworkEvent[], kv?: readonly KvEdit[]): Promise<readonly Position[]>;
  /** As `ingest`, for what the provider lists: what is on record already is known by its id. */
  take(events: readonly NetworkEvent[]): Promise<readonly Appended[]>;
  outcome(update: OutboundUpdate, kv?: readonly KvEdit[]): Promise<void>;
}

interface Receiving {
  readonly connector: ConnectorId;
  readonly network: NetworkId;
  /** The connector's own. */
  readonly lines: readonly Line[];
  readonly log: Log;
}

export function createInbound(connector: ConnectorId, deps: InboundDeps): Inbound {
  const lines = deps.lines.filter((line) => line.connector === connector);
  const network = lines[0]?.network;
  if (network === undefined) throw new Error(`connector ${connector} has no line`);
  const receiving = { connector, network, lines, log: deps.log };
  const changes = (kv: readonly KvEdit[] = []): KvChange[] => kv.map((edit) => ({ connector, ...edit }));

  const take = async (events: readonly NetworkEvent[], kv?: readonly KvEdit[]): Promise<readonly Appended[]> => {
    const drafts = events.map((event) => draftOf(event, receiving));
    const appended = await deps.journal.append(drafts, { kv: changes(kv) });
    const fresh = appended.filter((one) => !one.duplicate).length;
    deps.metrics.count('gatehouse_received', { connector }, fresh);
    return appended;
  };

  return {
    take,
    ingest: async (events, kv) => {
      const appended = await take(isMany(events) ? events : [events], kv);
      return appended.map((one) => one.position);
    },
    outcome: async (update, kv) => {
      const { id, sure, at, raw, ...receipt } = update;
      const body = { connector, network, ...receipt };
      const source = { system: networkSource(connector), id, sure };
      await deps.journal.append([{ kind: 'network.receipt', at, source, raw, body }], { kv: changes(kv) });
    },
  };
}

/** Everything goes on record: what belongs to no line of ours as `network.unsupported`, with its raw bytes. */
function draftOf(event: NetworkEvent, receiving: Receiving): Draft {
  const { connector, network, log } = receiving;
  const mayRepeat = event.mayRepeat === undefined ? {} : { mayRepeat: event.mayRepeat };
  const source = { system: networkSource(connector), id: event.id, sure: event.sure, ...mayRepeat };
  const base = { at: event.at, source, raw: event.raw };
  const of = { connector, network };
  if (event.kind === 'account') return { ...base, kind: 'network.account', body: { connector, alert: event.alert } };
  if (event.kind === 'unsupported') {
    const { what, to, from } = event;
    const ends = { ...(to === undefined ? {} : { to }), ...(from === undefined ? {} : { from }) };
    return { ...base, direction: 'inbound', kind: 'network.unsupported', body: { ...of, what, ...ends } };
  }
  const where = whereOf(event, receiving);
  if (where !== undefined) return placedDraft(event, of, { ...base, ...where });
  log.warn('bridge.unknown-destination', { connector });
  const what = 'a message to an address that is no line of ours';
  return { ...base, direction: 'inbound', kind: 'network.unsupported', body: { ...of, what, ...sidesOf(event) } };
}

type Placed = Exclude<NetworkEvent, { kind: 'account' | 'unsupported' }>;

/** Undefined where the address on our side is no line's. */
function whereOf(event: Placed, { lines }: Receiving): Pick<Where, 'line' | 'class' | 'direction'> | undefined {
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

function sidesOf(event: Placed): Pick<Ends, 'from' | 'to'> {
  if (event.kind === 'chat') return { from: event.chat.chat, to: event.chat.line };
  const { from, to } = endsIn(event);
  return { from, to };
}

function placedDraft(event: Placed, of: Pick<NetworkMessage, 'connector' | 'network'>, base: Base): Draft {
  switch (event.kind) {
    case 'message':
      return { ...base, kind: 'network.message', body: { ...of, ...event.message } };
    case 'edit':
      return { ...base, kind: 'network.edit', body: { ...of, ...event.edit } };
    case 'redaction':
      return { ...base, kind: 'network.redaction', body: { ...of, ...event.redaction } };
    case 'reaction':
      return { ...base, kind: 'network.reaction', body: { ...of, ...event.reaction } };
    case 'consent':
      return { ...base, kind: 'network.consent', body: { ...of, ...event.consent } };
    case 'chat':
      return { ...base, kind: 'network.chat', body: { ...of, ...event.chat } };
  }
}

type Base = Pick<DraftOf<'network.message'>, 'at' | 'source' | 'raw' | 'line' | 'class' | 'direction'>;

function isMany(events: NetworkEvent | readonly NetworkEvent[]): events is readonly NetworkEvent[] {
  return Array.isArray(events);
}
