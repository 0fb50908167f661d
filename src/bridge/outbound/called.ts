/** Whom staff call by name in what goes out: only who is in the room is called, others are named. */
import { ghostUserId } from '../../core/address.ts';
import type { Address, NetworkId, RoomId } from '../../core/ids.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { membershipOf } from '../portals/room-member-store.ts';
import type { Words } from './words.ts';

interface Place {
  readonly room: RoomId | undefined;
  readonly network: NetworkId;
}

/** `words` without the marks of those who aren't there. */
export async function callingPresent(words: Words, place: Place, deps: BridgeDeps): Promise<Words> {
  const { marks, ...rest } = words;
  if (marks === undefined) return words;
  const called = marks.flatMap((mark) => (mark.as === 'mention' ? [mark.address] : []));
  if (called.length === 0) return words;
  const present = await presentOf(called, place, deps);
  const kept = marks.filter((mark) => mark.as !== 'mention' || present.has(mark.address));
  return { ...rest, ...(kept.length === 0 ? {} : { marks: kept }) };
}

function presentOf(
  called: readonly Address[],
  { room, network }: Place,
  { journal, homeserver }: BridgeDeps,
): Promise<ReadonlySet<Address>> {
  const { sealer } = journal.views;
  return journal.views.read(async (reading) => {
    const present = new Set<Address>();
    if (room === undefined) return present;
    for (const address of new Set(called)) {
      const user = ghostUserId(network, address, homeserver.domain);
      if ((await membershipOf(reading, sealer, { room, user })) === 'join') present.add(address);
    }
    return present;
  });
}
