/** What the network calls a message, and who wrote it there: read from the record, where the ids stand in full. */
import type { Entry, ErasedEntry } from '../../core/entry.ts';
import type { Address, Position, RemoteId } from '../../core/ids.ts';
import type { Views } from '../../journal/journal.ts';
import type { Message } from './message-store.ts';
import { sentOutcomeOf } from './sent-outcome-store.ts';

export interface RemoteIds {
  /** All parts, at least one. */
  readonly ids: readonly RemoteId[];
  /** The line's address, or that of whoever wrote it outside. */
  readonly by: Address;
}

interface Reads {
  readonly views: Views;
  read(position: Position): Promise<Entry | ErasedEntry | undefined>;
}

/** Undefined where the network gave no id, or its record was erased. */
export async function remoteIdsOf(message: Message, line: Address, journal: Reads): Promise<RemoteIds | undefined> {
  return message.direction === 'inbound' ? idOfInbound(message, journal) : idsOfOutbound(message, line, journal);
}

async function idOfInbound({ position }: Message, journal: Reads): Promise<RemoteIds | undefined> {
  const entry = await journal.read(position);
  if (entry === undefined || 'erased' in entry || entry.kind !== 'network.message') return undefined;
  const { remoteId, from } = entry.body;
  return remoteId === undefined ? undefined : { ids: [remoteId], by: from };
}

async function idsOfOutbound({ position }: Message, by: Address, journal: Reads): Promise<RemoteIds | undefined> {
  const outcome = await journal.views.read((reading) => sentOutcomeOf(reading, position));
  const entry = outcome === undefined ? undefined : await journal.read(outcome);
  if (entry === undefined || 'erased' in entry || entry.kind !== 'delivery.outcome') return undefined;
  const { ids = [] } = entry.body;
  return ids.length === 0 ? undefined : { ids, by };
}
