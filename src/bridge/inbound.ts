/** What a connector's context puts on record: messages with their line, receipts with the message they belong to. */
import type { Draft } from '../core/entry.ts';
import type { ConnectorId, Position } from '../core/ids.ts';
import type { Line } from '../core/line.ts';
import type { NetworkEvent, OutboundUpdate, KvEdit } from '../core/ports/connector.ts';
import type { Log, Metrics } from '../core/ports/log.ts';
import type { KvChange, Recorder } from '../core/ports/recorder.ts';
import { networkSource } from './message-projection.ts';

export interface InboundDeps {
  readonly journal: Recorder;
  readonly lines: readonly Line[];
  readonly log: Log;
  readonly metrics: Metrics;
}

/** The two doors of one connector; each resolves when what came in is on disk. */
export interface Inbound {
  ingest(events: NetworkEvent | readonly NetworkEvent[], kv?: readonly KvEdit[]): Promise<readonly Position[]>;
  outcome(update: OutboundUpdate, kv?: readonly KvEdit[]): Promise<void>;
}

export function createInbound(connector: ConnectorId, deps: InboundDeps): Inbound {
  const own = deps.lines.filter((line) => line.connector === connector);
  const network = own[0]?.network;
  if (network === undefined) throw new Error(`connector ${connector} has no line`);
  const system = networkSource(connector);
  const changes = (kv: readonly KvEdit[] = []): KvChange[] => kv.map((edit) => ({ connector, ...edit }));

  const draft = (event: NetworkEvent): Draft => {
    const mayRepeat = event.mayRepeat === undefined ? {} : { mayRepeat: event.mayRepeat };
    const source = { system, id: event.id, sure: event.sure, ...mayRepeat };
    const base = { at: event.at, source, raw: event.raw, direction: 'inbound' as const };
    if (event.kind === 'message') {
      const line = own.find((one) => one.address === event.message.to);
      if (line !== undefined) {
        const { id, class: class_ } = line;
        return {
          ...base,
          kind: 'network.message',
          line: id,
          class: class_,
          body: { connector, network, ...event.message },
        };
      }
      deps.log.warn('bridge.unknown-destination', { connector });
      const { to, from } = event.message;
      const body = { connector, network, to, from, what: 'a message to an address that is no line of ours' };
      return { ...base, kind: 'network.unsupported', body };
    }
    const ends = {
      ...(event.to === undefined ? {} : { to: event.to }),
      ...(event.from === undefined ? {} : { from: event.from }),
    };
    return { ...base, kind: 'network.unsupported', body: { connector, network, what: event.what, ...ends } };
  };

  return {
    ingest: async (events, kv) => {
      const drafts = (isMany(events) ? events : [events]).map(draft);
      const appended = await deps.journal.append(drafts, { kv: changes(kv) });
      deps.metrics.count('gatehouse_received', { connector }, drafts.length);
      return appended.map((one) => one.position);
    },
    outcome: async (update, kv) => {
      const { id, sure, at, raw, ...receipt } = update;
      const body = { connector, network, ...receipt };
      const source = { system, id, sure };
      await deps.journal.append([{ kind: 'network.receipt', at, source, raw, body }], { kv: changes(kv) });
    },
  };
}

function isMany(events: NetworkEvent | readonly NetworkEvent[]): events is readonly NetworkEvent[] {
  return Array.isArray(events);
}
