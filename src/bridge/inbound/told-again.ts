/**
 * A message that a network tells once more, under its own id and in other words: its list and its webhook each say what
 * they know. The record keeps both; the room shows it once, and what the second says beyond the first like an edit of it.
 */
import type { Entry, EntryOf, ErasedEntry } from '../../core/entry.ts';
import type { NetworkMessage } from '../../core/network-entries.ts';
import type { BridgeDeps } from '../bridge-deps.ts';

export interface ToldAgain {
  readonly first: NetworkMessage;
  readonly again: NetworkMessage;
}

/** The entry as the edit that it comes to; any other is what it is. */
export function asEdit(entry: Entry | ErasedEntry): Entry | ErasedEntry {
  if ('erased' in entry || entry.kind !== 'network.message') return entry;
  const { remoteId: target, ...body } = entry.body;
  return target === undefined ? entry : { ...entry, kind: 'network.edit', body: { ...body, target } };
}

/** Undefined for what is no message told again. */
export async function toldAgain(
  entry: Entry | ErasedEntry,
  { journal }: Pick<BridgeDeps, 'journal'>,
): Promise<ToldAgain | undefined> {
  const before = isMessage(entry) ? entry.source.conflictWith : undefined;
  const first = before === undefined ? undefined : await journal.read(before);
  if (first === undefined || !isMessage(first) || !isMessage(entry)) return undefined;
  return { first: first.body, again: entry.body };
}

function isMessage(entry: Entry | ErasedEntry): entry is Entry & EntryOf<'network.message'> {
  return !('erased' in entry) && entry.kind === 'network.message';
}

/** Whether the room shows all that it says: the same words of the same person, and no file, place or card more. */
export function addsNothing({ first, again }: ToldAgain): boolean {
  const known = new Set((first.attachments ?? []).map(({ ref }) => ref));
  return (
    again.from === first.from &&
    again.text === first.text &&
    (again.attachments ?? []).every(({ ref }) => known.has(ref)) &&
    isSaidBy(again.location, first.location) &&
    isSaidBy(again.contacts, first.contacts) &&
    isSaidBy(again.unsupported, first.unsupported)
  );
}

function isSaidBy(again: object | string | undefined, first: object | string | undefined): boolean {
  return again === undefined || JSON.stringify(again) === JSON.stringify(first);
}

/** Whether its words go on where the first end: then nobody misses those that they take the place of. */
export function goesOn({ first, again }: ToldAgain): boolean {
  return again.text.startsWith(first.text);
}
