/** What a provider lists and we lack is taken in like anything else that a network brings; what we have is known by its id. */
import type { Address, ConnectorId, Millis } from '../../core/ids.ts';
import type { Connector, NetworkEvent } from '../../core/ports/connector.ts';
import type { Appended } from '../../core/ports/recorder.ts';

const AT_ONCE = 100;

export interface ListTaking {
  readonly connector: Pick<Connector, 'missed'>;
  /** Puts events on record, with the next commit they share; resolves after it. */
  readonly take: (events: readonly NetworkEvent[]) => Promise<readonly Appended[]>;
  readonly signal: AbortSignal;
}

/** By the address that was written to: messages that the list holds, and those of them that were not on record. */
export type Listed = ReadonlyMap<Address, { readonly inbound: number; readonly takenIn: number }>;

/** Undefined for a provider without a list. @throws what the provider throws when it can't be asked. */
export async function takeMissed({ connector, take, signal }: ListTaking, since: Millis): Promise<Listed | undefined> {
  const list = connector.missed?.(since);
  if (list === undefined) return undefined;
  const listed = new Map<Address, { inbound: number; takenIn: number }>();
  let some: NetworkEvent[] = [];
  const flush = async (): Promise<void> => {
    const appended = some.length === 0 ? [] : await take(some);
    for (const [index, event] of some.entries()) note(listed, event, appended[index]);
    some = [];
  };
  for await (const event of list) {
    some.push(event);
    if (some.length === AT_ONCE) await flush();
    if (signal.aborted) break;
  }
  await flush();
  return listed;
}

function note(
  listed: Map<Address, { inbound: number; takenIn: number }>,
  event: NetworkEvent,
  appended: Appended | undefined,
): void {
  if (event.kind !== 'message') return;
  const of = listed.get(event.message.to) ?? { inbound: 0, takenIn: 0 };
  of.inbound += 1;
  if (appended?.duplicate === false) of.takenIn += 1;
  listed.set(event.message.to, of);
}

export interface ProviderLists {
  /** Takes in what `connector`'s provider lists since `since`; undefined where it has no list. */
  takeIn(connector: ConnectorId, since: Millis, signal: AbortSignal): Promise<Listed | undefined>;
}
