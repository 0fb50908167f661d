/** Where else the customer could be sent a file that this line can't carry. */
import { isPhone, networkName } from '../../core/address.ts';
import type { Address, NetworkId, UserId } from '../../core/ids.ts';
import type { Line } from '../../core/line.ts';
import type { FileKind } from '../../core/network-entries.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { addressesOf } from '../contacts/contact-store.ts';
import type { Portal } from '../portals/portal-store.ts';

/** Networks on which a person's address is their phone number. */
const BY_PHONE: ReadonlySet<string> = new Set(['sms', 'whatsapp', 'signal']);

export interface OtherWay {
  readonly kind: FileKind;
  readonly portal: Pick<Portal, 'line' | 'contact' | 'address'>;
  /** Who wants to send it: only lines of theirs help. */
  readonly sender: UserId;
}

/** `WhatsApp can: !chat whatsapp +15550100`; undefined where no other line of theirs carries it. */
export async function otherWay(
  { kind, portal, sender }: OtherWay,
  { journal, staff, connectors }: Pick<BridgeDeps, 'journal' | 'staff' | 'connectors'>,
): Promise<string | undefined> {
  const { sealer } = journal.views;
  const known = await journal.views.read((reading) => addressesOf(reading, sealer, portal.contact));
  const carries = ({ id, connector }: Line): boolean => {
    const carried = connectors(connector)?.capabilities().file;
    return id !== portal.line && carried !== undefined && (carried[kind] ?? carried.file) !== undefined;
  };
  for (const { network } of (await staff.linesOf(sender)).filter(carries)) {
    const address = addressOn(network, portal.address, known);
    if (address !== undefined) return `${networkName(network)} can: !chat ${network} ${address}`;
  }
  return undefined;
}

function addressOn(
  network: NetworkId,
  own: Address,
  known: readonly { readonly network: NetworkId; readonly address: Address }[],
): Address | undefined {
  const there = known.find((one) => one.network === network);
  return there?.address ?? (BY_PHONE.has(network) && isPhone(own) ? own : undefined);
}
