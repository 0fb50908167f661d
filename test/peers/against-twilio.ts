/** Our check of Twilio's signatures, and what our simulator signs, against the code that Twilio publishes. */
import { deepStrictEqual } from 'node:assert/strict';
import { randomBytes, randomInt } from 'node:crypto';
import { getExpectedTwilioSignature, validateRequest } from 'twilio/lib/webhooks/webhooks.js';
import { isSigned, signatureOf } from '../../src/networks/twilio/signature.ts';
import type { CheckList } from './check-list.ts';

const ROUNDS = 500;
const token = 'a token of the tests';

function oneOf<T>(choices: readonly [T, ...T[]]): T {
  return choices[randomInt(choices.length)] ?? choices[0];
}

function words(): string {
  return oneOf([
    'Grüße',
    "It's 100% & more",
    '日本語 😀',
    '+12025550199',
    '',
    'a=b&c',
    randomBytes(6).toString('base64'),
  ]);
}

function anyForm(): Record<string, string | string[]> {
  const keys = Array.from(
    { length: randomInt(1, 12) },
    () => `${oneOf(['Body', 'from', 'Z', 'MediaUrl'])}${randomInt(9)}`,
  );
  return Object.fromEntries(keys.map((key) => [key, randomInt(5) === 0 ? [words(), words()] : words()]));
}

function anyUrl(): string {
  const host = oneOf(['gatehouse.example', 'gatehouse.example:443', 'gatehouse.example:8448', 'u:p@gatehouse.example']);
  const query = oneOf(['', '?file=1', `?q=${words()}`, "?Body=It's+amazing", '?']);
  return `${oneOf(['http', 'https'])}://${host}/webhooks/twilio${query}`;
}

export async function againstTwilio(list: CheckList): Promise<void> {
  await list.check(`the twilio package signs ${ROUNDS} forms as we do`, () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [url, form] = [anyUrl(), anyForm()];
      const params = new Map(Object.entries(form).map(([key, value]) => [key, [value].flat()]));
      deepStrictEqual(signatureOf(token, url, params), getExpectedTwilioSignature(token, url, form));
    }
    return Promise.resolve();
  });
  await list.check(`what the twilio package believes we believe, and nothing else, ${ROUNDS} times`, () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [url, other, form] = [anyUrl(), anyUrl(), anyForm()];
      const params = new Map(Object.entries(form).map(([key, value]) => [key, [value].flat()]));
      const signature = getExpectedTwilioSignature(token, other, form);
      deepStrictEqual(
        isSigned({ tokens: [token], signature, url, params }),
        validateRequest(token, signature, url, form),
        `${url} signed as ${other}`,
      );
    }
    return Promise.resolve();
  });
}
