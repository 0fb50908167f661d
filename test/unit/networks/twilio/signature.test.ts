import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { validateRequest, validateRequestWithBody, getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import {
  hasSignedBody,
  isSigned,
  noParams,
  signatureOf,
  type Params,
} from '../../../../src/networks/twilio/signature.ts';

const token = '12345';
const url = 'https://mycompany.com/myapp.php?foo=1&bar=2';
const fields = {
  CallSid: 'CA1234567890ABCDE',
  Caller: '+14158675309',
  Digits: '1234',
  From: '+14158675309',
  To: '+18005551212',
};

type Fields = Readonly<Record<string, string | readonly string[]>>;

function paramsOf(given: Fields): Params {
  return new Map(Object.entries(given).map(([key, value]) => [key, [value].flat()]));
}

function fits(signature: string, at = url, given: Fields = fields): boolean {
  return isSigned({ tokens: [token], signature, url: at, params: paramsOf(given) });
}

// spec/validation.spec.js of twilio-node.
const published: readonly (readonly [what: string, signature: string, url: string, fields: Fields])[] = [
  ['as received', 'RSOYDt4T1cUTdK1PDd93/VVr8B8=', url, fields],
  ['with the port of https', 'kvajT1Ptam85bY51eRf/AJRuM3w=', url, fields],
  ['with the port of http', '0ZXoZLH/DfblKGATFgpif+LLRf4=', url.replace('https', 'http'), fields],
  ['with a port that was signed without', 'RSOYDt4T1cUTdK1PDd93/VVr8B8=', url.replace('.com', '.com:1234'), fields],
  [
    'http with a port of its own',
    'Zmvh+3yNM1Phv2jhDCwEM3q5ebU=',
    url.replace('https', 'http').replace('.com', '.com:1234'),
    fields,
  ],
  ['with a login in it', 'CukzLTc1tT5dXEDIHm/tKBanW10=', url.replace('//', '//user:pass@'), fields],
  ['with a user in it', '2YRLlVAflCqxaNicjMpJcSTgzSs=', url.replace('//', '//user@'), fields],
  ['with a login and the port', 'ZQFR1PTIZXF2MXB8ZnKCvnnA+rI=', url.replace('//', '//user:pass@'), fields],
  ['with an apostrophe in the query', 'dsq4Ehbj6cs+KdTkpF5sSSplOWw=', `${url}&Body=It's+amazing`, fields],
  [
    'a list of values',
    '83O6e2vORAoJHUNzJjDWN1jz+BA=',
    url,
    { 'MessagingBinding.Address': ['+1325xxxxxxx', '+1415xxxxxxx'] },
  ],
  [
    'a list of values in another order',
    '83O6e2vORAoJHUNzJjDWN1jz+BA=',
    url,
    { 'MessagingBinding.Address': ['+1415xxxxxxx', '+1325xxxxxxx'] },
  ],
  [
    'a value that comes twice',
    'IK+Dwps556ElfBT0I3Rgjkr1wJU=',
    url,
    { Sid: 'CA123', SidAccount: 'AC123', Digits: ['5678', '1234', '1234'] },
  ],
];

describe("Twilio's signature", () => {
  test.each(published)('%s: the published one is right', (_what, signature, at, given) => {
    expect(fits(signature, at, given)).toBe(true);
    expect(fits(signature, at, { ...given, More: '1' })).toBe(false);
    expect(fits(signature, at.replace('bar=2', 'bar=3'), given)).toBe(false);
  });

  test('a wrong one, none, and one of another length are refused', () => {
    for (const signature of ['WRONG_SIGNATURE', '', 'RSOYDt4T1cUTdK1PDd93/VVr8B9=', '=']) {
      expect(fits(signature)).toBe(false);
    }
  });

  test('while the token is exchanged, either signs', () => {
    const params = paramsOf(fields);
    const signature = signatureOf('the next one', url, params);
    expect(isSigned({ tokens: [token, 'the next one'], signature, url, params })).toBe(true);
    expect(isSigned({ tokens: [token], signature, url, params })).toBe(false);
  });

  test("agrees with Twilio's own code about any form", () => {
    const value = fc.oneof(fc.string({ unit: 'grapheme' }), fc.array(fc.string(), { minLength: 1, maxLength: 3 }));
    const key = fc.string({ minLength: 1 }).filter((one) => one !== '__proto__');
    const query = fc.webQueryParameters();
    fc.assert(
      fc.property(fc.dictionary(key, value), query, (form, asked) => {
        const at = `https://gatehouse.example/webhooks/sms?${asked}`;
        const params = paramsOf(form);
        const signature = signatureOf(token, at, params);
        expect(signature).toBe(getExpectedTwilioSignature(token, at, form));
        expect(validateRequest(token, signature, at, form)).toBe(true);
        expect(isSigned({ tokens: [token], signature, url: at, params })).toBe(true);
      }),
    );
  });
});

describe('a body vouched for by its hash', () => {
  const body = '{"property": "value", "boolean": true}';
  const hash = '0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620';
  const empty = createHash('sha256').update('{}').digest('hex');

  test.each([
    ['beside other parameters', 'a9nBmqA0ju/hNViExpshrM61xv4=', `${url}&bodySHA256=${hash}`, body],
    ['alone', 'y77kIzt2vzLz71DgmJGsen2scGs=', `https://mycompany.com/myapp.php?bodySHA256=${hash}`, body],
    ['of an empty object', 'Ldidvp12m26NI7eqEvxnEpkd9Hc=', `${url}&bodySHA256=${empty}`, '{}'],
  ])('%s: the published one is right', (_what, signature, at, text) => {
    expect(isSigned({ tokens: [token], signature, url: at, params: noParams })).toBe(true);
    expect(hasSignedBody(at, Buffer.from(text))).toBe(true);
    expect(hasSignedBody(at, Buffer.from(`${text} `))).toBe(false);
    expect(validateRequestWithBody(token, signature, at, text)).toBe(true);
  });

  test('without a hash nothing is vouched for', () => {
    expect(hasSignedBody(url, Buffer.from(body))).toBeUndefined();
    expect(hasSignedBody(`${url}&bodySHA256=`, Buffer.from(body))).toBe(false);
  });
});
