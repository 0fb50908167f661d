/** Takes whom somebody means off the front of what they typed, as an address of a line's network. */
import { isByPhone, isPhone, networkName } from '../../core/address.ts';
import { parseAddress, type Address } from '../../core/ids.ts';
import type { Line } from '../../core/line.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { formatPhone } from '../../bridge/contacts/format-phone.ts';
import { plainTyping } from '../command-line.ts';
import { countryOf, takeNumber } from './phone-number.ts';
import type { StaffConnector } from './staff-context.ts';

export interface AddressTaken {
  readonly address: Address;
  readonly shown: string;
  /** What follows it, trimmed. */
  readonly rest: string;
}

/** A number may hold spaces; any other address ends at the first one. The network is asked where it can tell. */
export async function takeAddress(
  text: string,
  line: Line,
  connector: StaffConnector | undefined,
): Promise<Result<AddressTaken, string>> {
  const typed =
    isByPhone(line.network) && /^[+\uff0b(\p{Nd}]/u.test(text) ? takeNumber(text, countryIn(line)) : word(text);
  if (!typed.ok) return typed;
  if (connector?.resolve === undefined) return isReadable(typed.value, line) ? typed : err(notOf(line));
  const { rest } = typed.value;
  try {
    const found = await connector.resolve(typed.value.address);
    if (!found.ok) return found;
    const { address, name } = found.value;
    return ok({ address, shown: name ?? shownAddress(address), rest });
  } catch {
    return err(`${networkName(line.network)} doesn't answer right now. Try again in a minute.`);
  }
}

function isReadable({ address }: AddressTaken, { network }: Line): boolean {
  return !isByPhone(network) || isPhone(address);
}

function notOf({ network }: Line): string {
  return `That is no phone number, and ${networkName(network)} needs one.`;
}

function countryIn(line: Line): string | undefined {
  return line.country ?? countryOf(line.address);
}

function word(text: string): Result<AddressTaken, string> {
  const [, first = '', rest = ''] = /^(\S+)\s*([\s\S]*)$/u.exec(text.trim()) ?? [];
  const address = parseAddress(plainTyping(first).replace(/[:,;]+$/u, ''));
  return address.ok ? ok({ address: address.value, shown: address.value, rest }) : err('Whom?');
}

function shownAddress(address: Address): string {
  return isPhone(address) ? formatPhone(address) : address;
}
