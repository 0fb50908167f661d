/** Numbers as people write them: `+1 202 555 0199`. */
import { parsePhoneNumberFromString } from 'libphonenumber-js';

/** International form of an E.164 number; the number itself where its country is unknown. */
export function formatPhone(e164: string): string {
  return parsePhoneNumberFromString(e164)?.formatInternational() ?? e164;
}
