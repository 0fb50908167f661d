/** A contact's name as a room and a ghost carry it: outsiders choose it, so nothing in it may pose as something else. */
import { ghostName, isPhone, networkName, networkNames } from '../../core/address.ts';
import { inert } from '../../core/inert-text.ts';
import type { Address, NetworkId } from '../../core/ids.ts';
import { posesAs } from '../../core/posing-name.ts';
import { formatPhone } from '../contacts/format-phone.ts';

const MAX_CHARS = 100;

/**
 * Without control, bidirectional, zero-width and other invisible characters, and so that it pings nobody and is no link
 * where @gatehouse says it; undefined when nothing is left.
 */
export function cleanName(name: string | undefined): string | undefined {
  const clean = (name ?? '')
    .normalize('NFKC')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u115f\u1160\u3164\uffa0]/gu, '')
    .replace(/\s+/gu, ' ')
    .trim();
  return clean === '' ? undefined : inert(Array.from(clean).slice(0, MAX_CHARS).join('').trim());
}

/**
 * `Ann Lee (SMS)`; the network always stands behind it, so that no contact can look like a colleague. A name that could
 * be taken for one of `colleagues`, for the house or for another network has its address behind it as well.
 */
export function contactTitle(given: {
  readonly name: string | undefined;
  readonly address: Address;
  readonly network: NetworkId;
  /** Names of the company's people. */
  readonly colleagues?: readonly string[];
}): string {
  const { address, network, colleagues = [] } = given;
  const name = cleanName(given.name);
  const poses = name !== undefined && posesAs(name, { colleagues, networks: [...networkNames, networkName(network)] });
  return ghostName({ address, network, name: poses ? `${name} ${addressShown(address)}` : name }, formatPhone);
}

function addressShown(address: Address): string {
  return isPhone(address) ? formatPhone(address) : address;
}
