/** Who gets the answer in a group: said once, under its first message. */
import { isPhone, networkName } from '../../core/address.ts';
import type { EntryOf } from '../../core/entry.ts';
import type { RoomId } from '../../core/ids.ts';
import type { Group } from '../../core/network-entries.ts';
import type { Done } from '../../core/ports/homeserver.ts';
import { ok } from '../../core/result.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { formatPhone } from '../contacts/format-phone.ts';
import type { Portal } from '../portals/portal-store.ts';
import { cleanName } from '../portals/shown-name.ts';
import { tell } from '../tell.ts';

const MOST_NAMED = 12;

export async function tellGroup(
  { entry, portal, room }: { entry: EntryOf<'network.message'>; portal: Portal; room: RoomId },
  look: boolean,
  deps: BridgeDeps,
): Done<unknown> {
  const { group, network } = entry.body;
  if (group === undefined || portal.created !== entry.position) return ok(undefined);
  const text = `This is a group on ${networkName(network)}. What you write here goes to ${membersOf(group)}.`;
  return tell({ room, text, mention: [], source: entry.position, part: 'group', look }, deps);
}

function membersOf({ members = [] }: Group): string {
  if (members.length === 0) return 'everybody in it';
  const names = members.map(
    ({ name, address }) => cleanName(name) ?? (isPhone(address) ? formatPhone(address) : address),
  );
  const more = names.length - MOST_NAMED;
  return `${names.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
