/** What a connector's context puts on record: messages with their line, receipts with the message they belong to. */
import type { ConnectorId, Position } from '../../core/ids.ts';
import type { Line } from '../../core/line.ts';
import type { NetworkEvent, OutboundUpdate, KvEdit } from '../../core/ports/connector.ts';
import type { Log, Metrics } from '../../core/ports/log.ts';
import type { Also, Appended, KvChange, Recorder } from '../../core/ports/recorder.ts';
import { networkDraft, receiptDraft, straysAmong } from './network-drafts.ts';
import { Strays } from './strays.ts';

export interface InboundDeps {
  readonly journal: Recorder;
  readonly lines: readonly Line[];
  readonly log: Log;
  readonly metrics: Metrics;
}

/** The two doors of one connector; each resolves when what came in is on disk. */
export interface Inbound {
  ingest(events: NetworkEvent | readonly NetworkEvent[], kv?: readonly KvEdit[]): Promise<readonly Position[]>;
  /** As `ingest`, for what the provider lists: what is on record already is known by its id, whatever the list says. */
  take(events: readonly NetworkEvent[]): Promise<readonly Appended[]>;
  outcome(update: OutboundUpdate, kv?: readonly KvEdit[]): Promise<void>;
}

export function createInbound(connector: ConnectorId, deps: InboundDeps): Inbound {
  const lines = deps.lines.filter((line) => line.connector === connector);
  const network = lines[0]?.network;
  if (network === undefined) throw new Error(`connector ${connector} has no line`);
  const receiving = { connector, network, lines, log: deps.log };
  const strays = new Strays(connector);
  const changes = (kv: readonly KvEdit[] = []): KvChange[] => kv.map((edit) => ({ connector, ...edit }));

  const record = async (events: readonly NetworkEvent[], also: Also): Promise<readonly Appended[]> => {
    const drafts = events.map((event) => networkDraft(event, receiving));
    const astray = straysAmong(events, receiving);
    const all = await deps.journal.append([...drafts, ...strays.drafts(astray)], also);
    strays.recorded(astray);
    const appended = all.slice(0, drafts.length);
    const fresh = appended.filter((one) => !one.duplicate).length;
    deps.metrics.count('gatehouse_received', { connector }, fresh);
    return appended;
  };

  return {
    take: (events) => record(events, { knownById: true }),
    ingest: async (events, kv) => {
      const appended = await record(isMany(events) ? events : [events], { kv: changes(kv) });
      return appended.map((one) => one.position);
    },
    outcome: async (update, kv) => {
      await deps.journal.append([receiptDraft(update, receiving)], { kv: changes(kv) });
    },
  };
}

function isMany(events: NetworkEvent | readonly NetworkEvent[]): events is readonly NetworkEvent[] {
  return Array.isArray(events);
}
