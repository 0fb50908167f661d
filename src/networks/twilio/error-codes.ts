/**
 * Twilio's error codes: what each means for a message that Twilio refuses, and in words for people. From its dictionary
 * (twilio.com/docs/api/errors/<code>, as of 2026-11), of which some thirty pages were read and the titles of most others
 * seen; 21703 from memory. Codes come and go; an unknown one is a refusal like any other. Codes 63001 and up are of
 * WhatsApp and other channels, which this connector has not, but for two of the account's.
 */
import type { FailureKind } from '../../core/failures.ts';

export interface ErrorMeaning {
  readonly reason: FailureKind;
  readonly detail: string;
  /** Of a passing trouble: when to try again, milliseconds. */
  readonly afterMs?: number;
}

const badAddress = (detail: string): ErrorMeaning => ({ reason: 'bad-address', detail });
const badSender = (detail: string): ErrorMeaning => ({ reason: 'sender-not-registered', detail });
const refused = (detail: string): ErrorMeaning => ({ reason: 'provider-refused', detail });
const slower = (detail: string, afterMs = 5_000): ErrorMeaning => ({ reason: 'rate-limited', detail, afterMs });
const badLogin = (detail: string): ErrorMeaning => ({ reason: 'bad-credentials', detail });

const meanings: ReadonlyMap<number, ErrorMeaning> = new Map([
  [14107, slower('too many texts to one number within half a minute', 30_000)],
  [20003, badLogin('Twilio rejects our account or token')],
  [20005, badLogin('the Twilio account is not active')],
  [20404, badLogin('Twilio knows no such account')],
  [20429, slower('too many requests')],
  [21211, badAddress('no such number')],
  [21212, badSender('Twilio refuses our number')],
  [21214, badAddress('this number cannot be reached')],
  [21217, badAddress('no such number')],
  [21265, badAddress('it is a short code')],
  [21266, badAddress('it is our own number')],
  [21408, refused('the Twilio account may not write to this country')],
  [21602, { reason: 'empty', detail: 'no text' }],
  [21603, badSender('Twilio misses our number')],
  [21604, badAddress('Twilio misses the number')],
  [21606, badSender('our number cannot send to this number')],
  [21608, refused('a trial account writes to verified numbers only')],
  [21610, { reason: 'opted-out', detail: 'opted out at Twilio' }],
  [21611, slower('the queue of our number is full', 60_000)],
  [21612, badAddress('Twilio cannot connect our number with this one')],
  [21614, badAddress('not a mobile number')],
  [21617, { reason: 'too-long', detail: '1,600 characters at most' }],
  [21619, { reason: 'empty', detail: 'no text' }],
  [21620, refused('Twilio could not use the address of the file')],
  [21621, badSender('our number cannot send pictures')],
  [21623, refused('too many files')],
  [21635, badAddress('a landline cannot receive texts')],
  [21657, badSender('our sender name is not allowed there')],
  [21659, badSender('our number is not with Twilio, or a short code of another country')],
  [21660, badSender('our number belongs to another Twilio account')],
  [21661, badSender('our number cannot send texts')],
  [21701, badSender('Twilio knows no such messaging service')],
  [21703, badSender('the messaging service has no number')],
  [21704, badSender('the messaging service has no number')],
  [21705, badSender('the id of the messaging service is none')],
  [21730, slower('Twilio is being maintained', 60_000)],
  [30001, slower('the queue is full')],
  [30002, refused('the Twilio account is suspended')],
  [30003, badAddress('the phone is off or out of reach')],
  [30004, refused('the carrier or the person blocks our messages')],
  [30005, badAddress('the number is unknown or out of use')],
  [30006, badAddress('a landline, or a carrier out of reach')],
  [30007, refused('the carrier filtered it as unwanted')],
  [30008, refused('the carrier gave no reason')],
  [30011, refused('MMS does not reach this number')],
  [30017, slower("the carrier's network is overloaded")],
  [30019, refused('too large for the carrier')],
  [30022, slower('more than the carriers allow our number')],
  [30023, refused("today's limit of the carrier is used up")],
  [30024, badSender('the carrier does not know our number yet')],
  [30032, badSender('our toll-free number is not verified')],
  [30033, badSender('our registration for business texts is suspended (A2P 10DLC)')],
  [30034, badSender('our number is not registered for business texts (A2P 10DLC)')],
  [30035, badSender('the registration of our number is not finished (A2P 10DLC)')],
  [30036, { reason: 'expired', detail: 'it waited too long at Twilio' }],
  [30037, refused('the Twilio account may not send')],
  [30042, badSender('the carrier blocks our sender name')],
  [30044, { reason: 'too-long', detail: 'a trial account sends short texts only' }],
  // Twilio doesn't try again, "to avoid duplicate message delivery".
  [30410, refused('the carrier did not answer, so it may have come all the same: ask first')],
  [30500, refused('Twilio itself failed')],
  [63017, slower('too many messages at a time', 30_000)],
  // A rolling window of a day.
  [63038, slower("the account's messages of one day are used up", 15 * 60_000)],
  [11200, refused('Twilio could not fetch the file from us')],
  [11751, { reason: 'too-large', detail: 'the file: 5 MB at most' }],
  [12300, refused('Twilio refuses this kind of file')],
]);

/** What a code means, with words of our own where Twilio brought a new one. */
export function meaningOf(code: number | undefined): ErrorMeaning {
  const known = code === undefined ? undefined : meanings.get(code);
  if (known !== undefined) return known;
  return refused(code === undefined ? 'Twilio refused it' : `Twilio refused it, error ${String(code)}`);
}

/** The person wrote STOP to Twilio: it sends nothing there until START. */
export const OPTED_OUT = 21610;
