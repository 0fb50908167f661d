/** Which names and numbers in a text are those of other people on record. */
import { contactByAddress, contactsByName } from '../../bridge/contacts/contact-store.ts';
import type { ContactId, NetworkId } from '../../core/ids.ts';
import type { Views } from '../../journal/journal.ts';
import type { Reading } from '../../storage/database.ts';
import { bareNumber } from '../staff/phone-number.ts';

export interface OthersDeps {
  readonly views: Views;
  readonly networks: readonly NetworkId[];
  /** ISO 3166, in which numbers without `+` are read. */
  readonly country: string | undefined;
  /** The person, who is nobody else. */
  readonly than: readonly ContactId[];
}

export function othersAmong(given: readonly string[], deps: OthersDeps): Promise<ReadonlySet<string>> {
  return deps.views.read(async (reading) => {
    const others = new Set<string>();
    for (const one of given) {
      const called = await contactsCalled(one, reading, deps);
      if (called.length > 0 && !called.some((contact) => deps.than.includes(contact))) others.add(one);
    }
    return others;
  });
}

async function contactsCalled(
  text: string,
  reading: Reading,
  { views, networks, country }: OthersDeps,
): Promise<readonly ContactId[]> {
  const number = bareNumber(text, country);
  if (number === undefined) return contactsByName(reading, views.sealer, text);
  const found: ContactId[] = [];
  for (const network of new Set(networks)) {
    const contact = await contactByAddress(reading, views.sealer, { network, address: number.address });
    if (contact !== undefined) found.push(contact);
  }
  return found;
}
