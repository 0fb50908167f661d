/**
 * Task `settle`: a network took a message, said that it would tell later, and its time is over. What was not told by then
 * is unclear, and says so in the room; only a provider that can be asked is asked first.
 */
import type { Draft, EntryOf } from '../../core/entry.ts';
import type { ReceiptState } from '../../core/network-entries.ts';
import type { FailureKind } from '../../core/failures.ts';
import { must, parseConnectorId, parseRemoteId, type Millis, type Position, type RemoteId } from '../../core/ids.ts';
import type { Connector } from '../../core/ports/connector.ts';
import type { TaskHandler, TaskKind, Turn } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { settledDraft } from '../drafts.ts';
import { connectorOf } from '../messages/message-projection.ts';
import { messageAt } from '../messages/message-store.ts';

type Deps = Pick<BridgeDeps, 'journal' | 'connectors' | 'clock' | 'setSince'>;
type Outcome = EntryOf<'delivery.outcome'>;
interface Settled {
  readonly state: 'sent' | 'failed' | 'unknown';
  readonly reason?: FailureKind;
}

const DONE: Turn = { to: 'done' };

/** What a provider's word on an unclear send settles; anything else leaves it unclear. */
export const settledBy: Readonly<
  Partial<Record<ReceiptState, { readonly state: 'sent' | 'failed'; readonly reason?: FailureKind }>>
> = {
  accepted: { state: 'sent' },
  delivered: { state: 'sent' },
  read: { state: 'sent' },
  failed: { state: 'failed', reason: 'not-delivered' },
  expired: { state: 'failed', reason: 'expired' },
};

/** Until when the network means to tell, of an outcome that leaves it open. */
export function settleTime(outcome: Outcome): Millis | undefined {
  return outcome.body.state === 'pending' && outcome.body.target === 'network' ? outcome.body.settleBy : undefined;
}

export function settleKind(deps: Deps): TaskKind {
  return {
    run: createSettleHandler(deps),
    // Asking failed to the end: unclear is what is known.
    dead: (_task, entry) =>
      Promise.resolve('erased' in entry || entry.kind !== 'delivery.outcome' ? [] : [unclear(entry, deps.clock.now())]),
  };
}

function createSettleHandler(deps: Deps): TaskHandler {
  return async (_task, entry): Promise<Turn> => {
    if ('erased' in entry || entry.kind !== 'delivery.outcome') return DONE;
    const by = settleTime(entry);
    if (by === undefined || !(await isOpen(entry, deps))) return DONE;
    const left = await leftUntil(by, entry, deps);
    if (left > 0) return { to: 'retry', reason: 'rate-limited', afterMs: left };
    return { to: 'done', entries: [await settle(entry, deps)] };
  };
}

/** A clock that was set meanwhile makes the network's time neither longer nor shorter. */
async function leftUntil(by: Millis, entry: Outcome, { clock, setSince }: Deps): Promise<number> {
  const setMs = (await setSince?.(entry.position)) ?? 0;
  return Math.min(by - entry.at, by + setMs - clock.now());
}

/** Whether nothing has been heard of it since. */
async function isOpen(entry: Outcome, { journal }: Deps): Promise<boolean> {
  const message = await journal.views.read((reading) => messageAt(reading, entry.body.of));
  return message?.state === 'pending' && message.changed === entry.position;
}

async function settle(entry: Outcome, deps: Deps): Promise<Draft> {
  const connector = connectorOf(entry);
  const asked = connector === undefined ? undefined : deps.connectors(connector);
  const id = asked === undefined ? undefined : idToAskBy(entry, asked);
  const word = id === undefined ? undefined : await asked?.query?.(id);
  const settled = word === undefined ? undefined : settledBy[word.state];
  return settled === undefined ? unclear(entry, deps.clock.now()) : draftOf(entry, deps.clock.now(), settled);
}

/** A message of several parts has no one id, so that no one answer settles it. */
function idToAskBy({ body }: Outcome, connector: Connector): RemoteId | undefined {
  const { sendIdentifiedBy } = connector.capabilities();
  if (sendIdentifiedBy === 'our-id') return must(parseRemoteId(String(body.of)));
  return sendIdentifiedBy === 'provider-id' && body.ids?.length === 1 ? body.ids[0] : undefined;
}

function unclear(entry: Outcome, at: Millis): Draft {
  return draftOf(entry, at, { state: 'unknown', reason: 'unconfirmed' });
}

function draftOf(entry: Outcome, at: Millis, settled: Settled): Draft {
  const connector = must(parseConnectorId(connectorOf(entry)));
  const of: Position = entry.body.of;
  return settledDraft({ at, connector, because: entry.position }, { of, target: 'network', ...settled });
}
