import { describe, expect, test } from '@jest/globals';
import { resultOf, undeliveredWords } from '../../../../src/networks/whatsapp/errors.ts';
import { unmatchedCodes, wordsOn, type ErrorRow } from '../../../support/refusal-words.ts';

const { password, slow, away, optedOut, no, unreached, sender, shown } = wordsOn('whatsapp', 'WhatsApp');
const metas = "Meta's words";

function refused(code: number, attempt = 1) {
  return shown(resultOf({ status: 400, code, words: metas }, attempt));
}

/** The rows of "Error codes" that a message can meet, by their sections; those not here end with Meta's own words. */
const rows: readonly ErrorRow[] = [
  [0, 'AuthException', 'connector after 60 s', password],
  [3, 'API Method', 'connector after 60 s', password],
  [10, 'Permission Denied', 'connector after 60 s', password],
  [190, 'Access token has expired', 'connector after 60 s', password],
  [200, 'API Permission, the first', 'connector after 60 s', password],
  [299, 'API Permission, the last', 'connector after 60 s', password],
  [4, 'API Too Many Calls', 'connector after 60 s', slow],
  [80_007, 'Rate limit issues', 'connector after 60 s', slow],
  [130_429, 'Rate limit hit', 'line after 1 s', slow],
  [131_048, 'Spam rate limit hit', 'line after 3600 s', slow],
  [131_056, 'Pair rate limit hit', 'chat after 6 s', slow],
  [368, 'Temporarily blocked for policies violations', 'connector after 900 s', password],
  [131_031, 'Account has been locked', 'connector after 900 s', password],
  [130_497, 'Restricted in this country', 'ends', no('WhatsApp does not let us write to this country')],
  [1, 'API Unknown', 'message after 5 s', away],
  [2, 'API Service', 'connector after 30 s', away],
  [131_000, 'Something went wrong', 'message after 5 s', away],
  [131_016, 'Service unavailable', 'connector after 30 s', away],
  [131_057, 'Account in maintenance mode', 'line after 60 s', away],
  [33, 'Parameter value is not valid', 'ends', sender('WhatsApp knows no such number of ours')],
  [130_472, "User's number is part of an experiment", 'ends', no('this person is in an experiment of WhatsApp')],
  [131_005, 'Access denied', 'connector after 60 s', password],
  [131_021, 'Recipient cannot be sender', 'ends', unreached('that is our own number')],
  [131_026, 'Message undeliverable', 'ends', unreached('not on WhatsApp, or too old an app')],
  [131_030, 'Recipient not in allowed list', 'ends', unreached('a test number may write only to numbers on its list')],
  [131_037, 'Display name approval', 'ends', sender('its display name is not approved yet')],
  [131_042, 'Business eligibility payment issue', 'ends', no('WhatsApp has a problem with the payment')],
  [131_045, 'Incorrect certificate', 'ends', sender('the number must be registered again')],
  [
    131_047,
    'Re-engagement message',
    'ends',
    'Not sent: WhatsApp allows free text only for 24 hours after the last message from Ann ' +
      '(the last one is more than a day old, or there was none). !templates shows what you can send now.',
  ],
  [131_049, 'Meta chose not to deliver', 'ends', no('WhatsApp sends this person no more marketing now')],
  [131_050, 'User stopped marketing messages', 'ends', optedOut],
  [
    131_051,
    'Unsupported message type',
    'ends',
    "Not sent: this line can't carry this kind of message. Write it as text, or send a link.",
  ],
  [131_052, 'Media download error', 'ends', no('WhatsApp could not fetch the file')],
  [131_053, 'Media upload error', 'ends', no('WhatsApp could not take the file')],
  [131_062, 'No phone number', 'ends', unreached('WhatsApp needs a phone number for this')],
  [132_000, 'Parameter count', 'ends', no('the template takes other values now; !templates shows it')],
  [
    132_001,
    'Template does not exist',
    'ends',
    no('the template is gone or not approved; !templates shows what can be sent'),
  ],
  [132_005, 'Hydrated text too long', 'ends', no('the template gets too long with these values')],
  [132_007, 'Format character policy', 'ends', no('the template breaks a rule of WhatsApp')],
  [132_012, 'Parameter format', 'ends', no('the template takes other values now; !templates shows it')],
  [132_015, 'Template is paused', 'ends', no('the template is paused; !templates shows what can be sent')],
  [132_016, 'Template is disabled', 'ends', no('the template is disabled; !templates shows what can be sent')],
  [133_010, 'Phone number not registered', 'ends', sender('the number is not registered')],
];

describe('an error of the Graph API', () => {
  test.each(rows)('%d, %s: %s', (code, _title, what, words) => {
    expect(refused(code)).toEqual([what, words]);
  });

  test('that is in no row ends the message with what Meta says, and there is a row for every other', () => {
    const isOurs = (code: number) => {
      const result = resultOf({ status: 400, code, words: metas }, 1);
      const isMetas = result.state === 'failed' && result.reason === 'provider-refused' && result.detail === metas;
      return !isMetas && !(code > 200 && code < 299);
    };
    expect(unmatchedCodes(rows, 140_000, isOurs)).toEqual([]);
    expect(refused(131_009)).toEqual(['ends', no(metas)]);
  });

  test.each([2, 131_016, 131_057])('%d, of a service that is away for some minutes, gives no message up', (code) => {
    expect(refused(code, 59)).toEqual(refused(code));
    expect(refused(code, 60)).toEqual(['ends', no(metas)]);
  });

  test('told only after the message was taken is in words for its sender, of which a shut window says what to do', () => {
    const told = rows.filter(([code, , what]) => what === 'ends' && code !== 131_050).map(([code]) => code);
    expect(told.filter((code) => undeliveredWords(code) === undefined)).toEqual([]);
    expect(undeliveredWords(131_047)).toBe(
      'free text goes only for 24 hours after their last message; !templates shows what does',
    );
  });
});
