/** Numbers as people write them: `+1 202 555 0199`. */
import { parsePhoneNumberFromString } from 'libphonenumber-js';

/** Forms that are remembered: the same numbers are shown again and again, and each costs a look through many patterns. */
const REMEMBERED = 2_000;
const known = new Map<string, string>();

/** International form of an E.164 number; the number itself where its country is unknown. */
export function formatPhone(e164: string): string {
  const found = known.get(e164);
  if (found !== undefined) return found;
  if (known.size >= REMEMBERED) known.clear();
  const form = parsePhoneNumberFromString(e164)?.formatInternational() ?? e164;
  known.set(e164, form);
  return form;
}
