/** What people type into their client's search, as an address of a network: numbers as their lines' country writes them. */
import { countryOf, takeNumber } from '../bot/staff/phone-number.ts';
import { isByPhone } from '../core/address.ts';
import { parseAddress, type Address, type NetworkId } from '../core/ids.ts';
import type { Line } from '../core/line.ts';

export function typedAddress(lines: readonly Line[]): (network: NetworkId, written: string) => Address | undefined {
  return (network, written) => {
    if (!isByPhone(network)) {
      const address = parseAddress(written.trim());
      return address.ok ? address.value : undefined;
    }
    const line = lines.find((one) => one.network === network);
    const home = line === undefined ? undefined : (line.country ?? countryOf(line.address));
    return number(written, home) ?? number(`+${written.trim()}`, home);
  };
}

/** Nothing may stand behind it. */
function number(written: string, home: string | undefined): Address | undefined {
  const taken = takeNumber(written, home);
  return taken.ok && taken.value.rest === '' ? taken.value.address : undefined;
}
