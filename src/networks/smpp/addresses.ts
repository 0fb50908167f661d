/** Addresses between the core's form (E.164 with `+`) and the wire's. */
import { must, parseAddress, type Address } from '../../core/ids.ts';
import type { WireAddress } from './codec/pdu.ts';

/** What a carrier wants for each kind of address: type of number and numbering plan. */
export interface AddressPlan {
  readonly international: { readonly ton: number; readonly npi: number };
  readonly shortCode: { readonly ton: number; readonly npi: number };
  readonly alphanumeric: { readonly ton: number; readonly npi: number };
}

const international = 1;
const national = 2;
const alphanumeric = 5;
const abbreviated = 6;

/** A person whose number the carrier didn't give. */
export const nobody: Address = must(parseAddress('unknown'));

/**
 * A number that can only be international gets its `+`: type international, or of unknown type with 10 to 15 digits.
 * National numbers, short codes, names and over-long numbers stay as they came, but for control characters.
 */
export function fromWire(address: WireAddress): Address {
  const value = address.value.replace(/\p{Cc}/gu, '').trim();
  const bare = value.replace(/^\+/u, '').replace(/^00(?=[1-9])/u, '');
  if (isNumberLike(address, value, bare)) return must(parseAddress(`+${bare}`));
  const parsed = parseAddress(value);
  return parsed.ok ? parsed.value : nobody;
}

function isNumberLike({ ton }: WireAddress, value: string, bare: string): boolean {
  if (ton === alphanumeric || ton === national || ton === abbreviated) return false;
  if (ton === international || value !== bare) return /^[1-9]\d{4,14}$/u.test(bare);
  return /^[1-9]\d{9,14}$/u.test(bare);
}

export function toWire(address: Address, plan: AddressPlan): WireAddress {
  if (/^\+\d+$/u.test(address)) return { ...plan.international, value: address.slice(1) };
  if (/^\d+$/u.test(address)) return { ...plan.shortCode, value: address };
  return { ...plan.alphanumeric, value: address };
}
