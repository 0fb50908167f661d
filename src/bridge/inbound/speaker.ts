/** Who says a message in its room: the customer, a member of a group, or @gatehouse where nobody outside wrote it. */
import { networkName } from '../../core/address.ts';
import type { NetworkMessage } from '../../core/network-entries.ts';
import type { Portal } from '../portals/portal-store.ts';
import { cleanName } from '../portals/shown-name.ts';

type Speaker = Pick<Portal, 'network' | 'address' | 'line' | 'contact'> & { readonly said?: string | undefined };

/** Of what our own account or the network itself says the customer's ghost is made all the same: the chat is with them. */
export function speakerOf(
  { from, fromName, group, own }: Pick<NetworkMessage, 'from' | 'fromName' | 'group' | 'own'>,
  portal: Portal,
): Speaker {
  return group === undefined || own === true ? portal : { ...portal, address: from, said: fromName };
}

/** Who @gatehouse says it for, where it speaks: before the words. Undefined where the ghost speaks. */
export function spokenFor(
  { own, service, group, fromName }: NetworkMessage,
  portal: Portal,
  instead: boolean,
): string | undefined {
  const network = networkName(portal.network);
  if (service === true) return `${network}: `;
  if (own === true) return `From our own account on ${network}: `;
  if (!instead) return undefined;
  return `${cleanName(group === undefined ? portal.name : fromName) ?? 'The customer'}: `;
}
