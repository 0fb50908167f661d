/** A contact's name as a room and a ghost carry it: outsiders choose it, so nothing in it may pose as something else. */
import { ghostName } from '../../core/address.ts';
import type { Address, NetworkId } from '../../core/ids.ts';
import { formatPhone } from '../contacts/format-phone.ts';

const MAX_CHARS = 100;

/** Without control, bidirectional, zero-width and other invisible characters; undefined when nothing is left. */
export function cleanName(name: string | undefined): string | undefined {
  const clean = (name ?? '')
    .normalize('NFKC')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u115f\u1160\u3164\uffa0]/gu, '')
    .replace(/\s+/gu, ' ')
    .trim();
  return clean === '' ? undefined : Array.from(clean).slice(0, MAX_CHARS).join('').trim();
}

/** `Ann Lee (SMS)`; the network always stands behind it, so that no contact can look like a colleague. */
export function contactTitle(given: {
  readonly name: string | undefined;
  readonly address: Address;
  readonly network: NetworkId;
}): string {
  return ghostName({ ...given, name: cleanName(given.name) }, formatPhone);
}
