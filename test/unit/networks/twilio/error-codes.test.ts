import { describe, expect, test } from '@jest/globals';
import type { FailureKind } from '../../../../src/core/failures.ts';
import { meaningOf } from '../../../../src/networks/twilio/error-codes.ts';
import { failureOf } from '../../../../src/networks/twilio/send-failure.ts';
import { unmatchedCodes, wordsOn, type ErrorRow } from '../../../support/refusal-words.ts';

const { password, slow, optedOut, no, unreached, sender, shown } = wordsOn('sms', 'SMS');

function refused(code: number) {
  return shown(failureOf({ status: 400, raw: new Uint8Array(), body: {}, code }));
}

/** Titles of twilio.com/docs/api/errors/<code>: of what Twilio answers when a message is sent. */
const answered: readonly ErrorRow[] = [
  [14_107, 'SMS send rate limit exceeded', 'connector after 30 s', slow],
  [20_003, 'Permission Denied', 'connector after 300 s', password],
  [20_005, 'Account not active', 'connector after 300 s', password],
  [20_404, 'Not Found', 'connector after 300 s', password],
  [20_429, 'Too Many Requests', 'connector after 5 s', slow],
  [21_211, "Invalid 'To' Phone Number", 'ends', unreached('no such number')],
  [21_212, "Invalid 'From' Number", 'ends', sender('Twilio refuses our number')],
  [21_214, "'To' phone number cannot be reached", 'ends', unreached('this number cannot be reached')],
  [21_217, 'Phone number does not appear to be valid', 'ends', unreached('no such number')],
  [21_265, "'To' number cannot be a Short Code", 'ends', unreached('it is a short code')],
  [21_266, "'To' and 'From' number cannot be the same", 'ends', unreached('it is our own number')],
  [21_408, 'Permission to send has not been enabled', 'ends', no('the Twilio account may not write to this country')],
  [21_602, 'Message body is required', 'ends', 'Not sent: there is no text in it.'],
  [21_603, "A 'From' parameter is required", 'ends', sender('Twilio misses our number')],
  [21_604, "'To' phone number is required", 'ends', unreached('Twilio misses the number')],
  [21_606, "'From' is not message-capable", 'ends', sender('our number cannot send to this number')],
  [21_608, 'Unverified number on a trial', 'ends', no('a trial account writes to verified numbers only')],
  [21_610, 'Attempt to send to unsubscribed recipient', 'ends', optedOut],
  [21_611, "'From' exceeded its queue", 'connector after 60 s', slow],
  [21_612, 'Combination of To and From', 'ends', unreached('Twilio cannot connect our number with this one')],
  [21_614, "'To' number is not a valid mobile number", 'ends', unreached('not a mobile number')],
  [
    21_617,
    'Body exceeds 1600 characters',
    'ends',
    'Not sent: too long for SMS (1,600 characters at most). Split it and send it again.',
  ],
  [21_619, 'Body, media URL or content required', 'ends', 'Not sent: there is no text in it.'],
  [21_620, 'Invalid media URL', 'ends', no('Twilio could not use the address of the file')],
  [21_621, "'From' has not been enabled for MMS", 'ends', sender('our number cannot send pictures')],
  [21_623, 'Number of media files exceeds limit', 'ends', no('too many files')],
  [21_635, "'To' number cannot be a landline", 'ends', unreached('a landline cannot receive texts')],
  [21_657, 'The Sender ID is invalid', 'ends', sender('our sender name is not allowed there')],
  [
    21_659,
    "'From' is no Twilio number",
    'ends',
    sender('our number is not with Twilio, or a short code of another country'),
  ],
  [21_660, "'From' of another account", 'ends', sender('our number belongs to another Twilio account')],
  [21_661, "'From' is not SMS-capable", 'ends', sender('our number cannot send texts')],
  [21_701, 'The Messaging Service does not exist', 'ends', sender('Twilio knows no such messaging service')],
  [21_703, 'Messaging Service without numbers', 'ends', sender('the messaging service has no number')],
  [21_704, 'Messaging Service without numbers', 'ends', sender('the messaging service has no number')],
  [21_705, 'The Messaging Service is invalid', 'ends', sender('the id of the messaging service is none')],
  [21_730, 'System under maintenance', 'connector after 60 s', slow],
  [63_017, 'Rate limit exceeded', 'connector after 30 s', slow],
  [63_038, 'Account exceeded the daily messages limit', 'connector after 900 s', slow],
];

/** Of what Twilio tells later of a message that it took: the reason behind "Not delivered". */
const told: readonly (readonly [code: number, title: string, reason: FailureKind, detail: string])[] = [
  [11_200, 'HTTP retrieval failure', 'provider-refused', 'Twilio could not fetch the file from us'],
  [11_751, 'Media exceeds size limit', 'too-large', 'the file: 5 MB at most'],
  [12_300, 'Invalid Content-Type', 'provider-refused', 'Twilio refuses this kind of file'],
  [30_001, 'Queue overflow', 'rate-limited', 'the queue is full'],
  [30_002, 'Account suspended', 'provider-refused', 'the Twilio account is suspended'],
  [30_003, 'Unreachable destination handset', 'bad-address', 'the phone is off or out of reach'],
  [30_004, 'Message blocked', 'provider-refused', 'the carrier or the person blocks our messages'],
  [30_005, 'Unknown destination handset', 'bad-address', 'the number is unknown or out of use'],
  [30_006, 'Landline or unreachable carrier', 'bad-address', 'a landline, or a carrier out of reach'],
  [30_007, 'Message filtered', 'provider-refused', 'the carrier filtered it as unwanted'],
  [30_008, 'Unknown error', 'provider-refused', 'the carrier gave no reason'],
  [30_011, 'MMS not supported in this region', 'provider-refused', 'MMS does not reach this number'],
  [30_017, 'Carrier network congestion', 'rate-limited', "the carrier's network is overloaded"],
  [30_019, 'Content size exceeds carrier limit', 'provider-refused', 'too large for the carrier'],
  [30_022, 'US A2P 10DLC: rate limits exceeded', 'rate-limited', 'more than the carriers allow our number'],
  [30_023, 'US A2P 10DLC: daily cap reached', 'provider-refused', "today's limit of the carrier is used up"],
  [30_024, 'Numeric Sender ID not provisioned', 'sender-not-registered', 'the carrier does not know our number yet'],
  [30_032, 'Toll-free number not verified', 'sender-not-registered', 'our toll-free number is not verified'],
  [
    30_033,
    'Campaign suspended',
    'sender-not-registered',
    'our registration for business texts is suspended (A2P 10DLC)',
  ],
  [
    30_034,
    'Unregistered number',
    'sender-not-registered',
    'our number is not registered for business texts (A2P 10DLC)',
  ],
  [30_035, 'Being configured', 'sender-not-registered', 'the registration of our number is not finished (A2P 10DLC)'],
  [30_036, 'Validity period expired', 'expired', 'it waited too long at Twilio'],
  [30_037, 'Outbound messaging disabled', 'provider-refused', 'the Twilio account may not send'],
  [30_042, 'The Sender ID is blocked', 'sender-not-registered', 'the carrier blocks our sender name'],
  [30_044, 'Trial message length exceeded', 'too-long', 'a trial account sends short texts only'],
  [
    30_410,
    'Provider timeout',
    'provider-refused',
    'the carrier did not answer, so it may have come all the same: ask first',
  ],
  [30_500, 'Twilio internal error', 'provider-refused', 'Twilio itself failed'],
];

describe('an error of Twilio', () => {
  test.each(answered)('%d, %s: %s', (code, _title, what, words) => {
    expect(refused(code)).toEqual([what, words]);
  });

  test.each(told)('%d, %s, is told in words', (code, _title, reason, detail) => {
    expect(meaningOf(code)).toMatchObject({ reason, detail });
  });

  test('that is in no row is a refusal by its number, and there is a row for every other', () => {
    const isOurs = (code: number) => meaningOf(code).detail !== `Twilio refused it, error ${String(code)}`;
    expect(unmatchedCodes([...answered, ...told], 100_000, isOurs)).toEqual([]);
    expect(refused(99_999)).toEqual(['ends', no('Twilio refused it, error 99999')]);
  });
});
