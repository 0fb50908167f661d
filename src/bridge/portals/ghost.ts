/** The Matrix user of one address of a contact: registered, named and in the room before it speaks. */
import { ghostUserId } from '../../core/address.ts';
import type { Draft } from '../../core/entry.ts';
import type { Position, RoomId, UserId } from '../../core/ids.ts';
import type { HomeserverFailure } from '../../core/ports/homeserver.ts';
import { ok, type Result } from '../../core/result.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { nameOf } from '../contacts/contact-store.ts';
import { ghostMadeDraft } from '../drafts.ts';
import { ghostNamed } from '../contacts/ghost-store.ts';
import type { Portal } from './portal-store.ts';
import { membershipOf } from './room-member-store.ts';
import { contactTitle } from './shown-name.ts';

export function ghostOf(portal: Portal, domain: string): UserId {
  return ghostUserId(portal.network, portal.address, domain);
}

/** Registers and names the ghost where it isn't yet as it should be; the entries say so and go with the turn. */
export async function ensureGhost(
  { portal, because }: { readonly portal: Portal; readonly because: Position },
  deps: BridgeDeps,
): Promise<Result<readonly Draft[], HomeserverFailure>> {
  const { journal, homeserver, clock } = deps;
  const { sealer } = journal.views;
  const user = ghostOf(portal, homeserver.domain);
  const { given, known } = await journal.views.read(async (reading) => ({
    given: await nameOf(reading, sealer, portal.contact),
    known: await ghostNamed(reading, sealer, user),
  }));
  const { network, address } = portal;
  const name = contactTitle({ name: given, address, network });
  if (known === name) return ok([]);
  // One that is not on record may be the user of somebody who was let go, and comes back.
  const made = await homeserver.ensureGhost({ user, name, again: known === undefined });
  if (!made.ok) return made;
  const { line, contact } = portal;
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
