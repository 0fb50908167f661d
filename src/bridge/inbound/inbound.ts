/** What a connector's context puts on record: messages with their line, receipts with the message they belong to. */
import type { Draft } from '../../core/entry.ts';
import type { ConnectorId, NetworkId, Position } from '../../core/ids.ts';
import type { Line } from '../../core/line.ts';
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

function draftOf(event: NetworkEvent, { connector, network, lines, log }: Receiving): Draft {
  const mayRepeat = event.mayRepeat === undefined ? {} : { mayRepeat: event.mayRepeat };
  const source = { system: networkSource(connector), id: event.id, sure: event.sure, ...mayRepeat };
  const base = { at: event.at, source, raw: event.raw, direction: 'inbound' as const };
  if (event.kind === 'message') {
    const line = lines.find((one) => one.address === event.message.to);
    if (line !== undefined) {
      const body = { connector, network, ...event.message };
      return { ...base, kind: 'network.message', line: line.id, class: line.class, body };
    }
    log.warn('bridge.unknown-destination', { connector });
    const { to, from } = event.message;
    const what = 'a message to an address that is no line of ours';
    return { ...base, kind: 'network.unsupported', body: { connector, network, to, from, what } };
  }
  const ends = {
    ...(event.to === undefined ? {} : { to: event.to }),
    ...(event.from === undefined ? {} : { from: event.from }),
  };
  return { ...base, kind: 'network.unsupported', body: { connector, network, what: event.what, ...ends } };
}

function isMany(events: NetworkEvent | readonly NetworkEvent[]): events is readonly NetworkEvent[] {
  return Array.isArray(events);
}
