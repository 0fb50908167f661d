/** The Matrix user of one address of a contact: registered, named and in the room before it speaks. */
import { ghostUserId } from '../../core/address.ts';
import type { Draft } from '../../core/entry.ts';
import type { Position, RoomId, UserId } from '../../core/ids.ts';
import type { HomeserverFailure } from '../../core/ports/homeserver.ts';
import { ok, type Result } from '../../core/result.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { contactByAddress, nameOf } from '../contacts/contact-store.ts';
import { ghostMadeDraft } from '../drafts.ts';
import { ghostNamed } from '../contacts/ghost-store.ts';
import type { Portal } from './portal-store.ts';
import { membershipOf } from './room-member-store.ts';
import { contactTitle } from './shown-name.ts';

export function ghostOf(of: Pick<Portal, 'network' | 'address'>, domain: string): UserId {
  return ghostUserId(of.network, of.address, domain);
}

/** Who speaks: the customer of a chat, or one member of a group. */
interface Speaker extends Pick<Portal, 'network' | 'address' | 'line' | 'contact'> {
  /** The name that a group gives a member. Who has a chat of his own is named by that, in all rooms alike. */
  readonly said?: string | undefined;
}

/** Registers and names the ghost where it isn't yet as it should be; the entries say so and go with the turn. */
export async function ensureGhost(
  { speaker, because }: { readonly speaker: Speaker; readonly because: Position },
  deps: BridgeDeps,
): Promise<Result<readonly Draft[], HomeserverFailure>> {
  const { journal, homeserver, clock } = deps;
  const { sealer } = journal.views;
  const { network, address, line, contact, said } = speaker;
  const user = ghostOf(speaker, homeserver.domain);
  const { given, known } = await journal.views.read(async (reading) => {
    const own = await contactByAddress(reading, sealer, { network, address });
    return {
      given: own === undefined ? said : await nameOf(reading, sealer, own),
      known: await ghostNamed(reading, sealer, user),
    };
  });
  const colleagues = (await deps.colleagues?.names()) ?? [];
  const name = contactTitle({ name: given, address, network, colleagues });
  if (known === name) return ok([]);
  // One that is not on record may be the user of somebody who was let go, and comes back.
  const made = await homeserver.ensureGhost({ user, name, again: known === undefined });
  if (!made.ok) return made;
  return ok([ghostMadeDraft({ at: clock.now(), because, line, contact }, { user, network, address, name })]);
}

/** `again`: join although the room's own events said that it is a member. */
export async function ensureInRoom(
  member: { readonly ghost: UserId; readonly room: RoomId; readonly again: boolean },
  deps: BridgeDeps,
): Promise<Result<void, HomeserverFailure>> {
  const { journal, homeserver } = deps;
  const { ghost, room } = member;
  const seen = await journal.views.read((reading) =>
    membershipOf(reading, journal.views.sealer, { room, user: ghost }),
  );
  if (seen === 'join' && !member.again) return ok(undefined);
  return homeserver.ensureJoined({ as: ghost, room, inviter: homeserver.gatehouse });
}
