import { describe, expect, test } from '@jest/globals';
import { meaningOf } from '../../../../src/networks/twilio/error-codes.ts';
import { failureOf } from '../../../../src/networks/twilio/send-failure.ts';

/** Titles of twilio.com/docs/api/errors/<code>, and what they mean for a message. */
describe('an error of Twilio', () => {
  test.each([
    [11_751, 'Media exceeds messaging provider size limit', 'too-large'],
    [20_005, 'Account not active', 'bad-credentials'],
    [21_265, "'To' number cannot be a Short Code", 'bad-address'],
    [21_610, 'Attempt to send to unsubscribed recipient', 'opted-out'],
    [21_614, "'To' number is not a valid mobile number", 'bad-address'],
    [21_621, "The 'From' number has not been enabled for MMS", 'sender-not-registered'],
    [21_635, "'To' number cannot be a landline", 'bad-address'],
    [21_659, "'From' is not a Twilio phone number or Short Code country mismatch", 'sender-not-registered'],
    [21_701, 'The Messaging Service does not exist', 'sender-not-registered'],
    [21_730, 'System under maintenance', 'rate-limited'],
    [30_003, 'Unreachable destination handset', 'bad-address'],
    [30_006, 'Landline or unreachable carrier', 'bad-address'],
    [30_008, 'Unknown error', 'provider-refused'],
    [30_011, 'MMS not supported by the receiving phone number in this region', 'provider-refused'],
    [30_017, 'Carrier network congestion', 'rate-limited'],
    [30_019, 'Content size exceeds carrier limit', 'provider-refused'],
    [30_022, 'US A2P 10DLC - Rate Limits Exceeded', 'rate-limited'],
    [30_024, 'Numeric Sender ID Not Provisioned on Carrier', 'sender-not-registered'],
    [30_032, 'Toll-Free Number Has Not Been Verified', 'sender-not-registered'],
    [30_033, 'US A2P 10DLC - Campaign Suspended', 'sender-not-registered'],
    [30_034, 'US A2P 10DLC - Message from an Unregistered Number', 'sender-not-registered'],
    [30_036, 'Validity Period Expired', 'expired'],
    [63_038, 'Account exceeded the daily messages limit', 'rate-limited'],
    [99_999, 'a new one', 'provider-refused'],
  ])('%d, %s, is called %s', (code, _title, reason) => {
    expect(meaningOf(code).reason).toBe(reason);
  });

  test('that passes is waited for, and no other', () => {
    const answer = { status: 400, raw: new Uint8Array(), body: {} };
    expect(failureOf({ ...answer, code: 21_730 })).toMatchObject({ state: 'retry', reason: 'rate-limited' });
    expect(failureOf({ ...answer, code: 11_751 })).toMatchObject({
      state: 'failed',
      reason: 'too-large',
      code: '11751',
    });
  });
});
