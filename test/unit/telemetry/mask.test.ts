import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { describeError } from '../../../src/telemetry/describe-error.ts';
import { maskField, maskText, VALUE_MAX } from '../../../src/telemetry/mask.ts';

describe('masking', () => {
  test.each(['{"body": vermilion pangolin naps at noon in the sun', 'vermilion', '"a"\n"vermilion"', '["x"vermilion]'])(
    'takes out what an error of JSON.parse quotes of %j',
    (text) => {
      expect(errorOf(() => JSON.parse(text))).not.toContain('vermilion');
    },
  );

  test.each([
    ['sent to +12025550199 at once', '12025550199'],
    ['sent to +1 202 555 0199', '0199'],
    ['sent to +44 (0)20 7946 0958', '7946'],
    ['call (202) 555-0199', '0199'],
    ['number 12025550199 unknown', '12025550199'],
    ['row 12025550199x', '12025550199'],
    ['user @_gh_sms_12025550199:acme.example joined', '12025550199'],
    ['GET /_matrix/client/v3/profile/%40_gh_sms_12025550199%3Aacme.example', '12025550199'],
    ['user @_gh_xmpp_-ann=40home:acme.example', 'ann'],
    ['Authorization: Bearer abc.def-ghi', 'abc.def'],
    ['GET /sync?access_token=s3cr3t&x=1', 's3cr3t'],
    ['{"password": "hunter2"}', 'hunter2'],
    ['as_token: 30c05ae90a', '30c05ae90a'],
    ['login syt_Z2F0ZWhvdXNl_AbCdEf_0x', 'syt_Z2F'],
    ['postgres://gatehouse:pw@db.example/x', ':pw@'],
    ['mail ann.lee@home.example today', 'ann.lee'],
  ])('takes it out of %s', (text, secret) => {
    expect(maskText(text)).not.toContain(secret);
    expect(maskText(text).length).toBeGreaterThan(5);
  });

  test.each([
    'ECONNREFUSED 127.0.0.1:8008',
    '2026-11-22T18:35:00.000Z',
    'lane out:p1234567 of c7654321',
    '@alice:acme.example',
    '!room:acme.example',
    'Synapse 1.163.2',
  ])('leaves %s', (text) => {
    expect(maskText(text)).toBe(text);
  });

  test.each(['token', 'accessToken', 'password', 'authorization', 'signature'])('a field %s is a secret', (key) => {
    expect(maskField(key, 'x')).toBe('[secret]');
    expect(maskField(key, 7)).toBe('[secret]');
  });

  test.each(['text', 'body', 'name', 'from', 'to', 'address', 'phone'])('a field %s is personal', (key) => {
    expect(maskField(key, 'Ann')).toBe('[personal]');
  });

  test('positions, times and task ids stay readable', () => {
    expect(maskField('position', 48_211_000)).toBe(48_211_000);
    expect(maskField('task', '12345678/send')).toBe('12345678/send');
    expect(maskField('task', '+12025550199')).toBe('[phone]');
  });

  test('no number of a phone is left in any text around it', () => {
    const phone = fc.stringMatching(/^[1-9]\d{9,14}$/u);
    const around = fc.string({ maxLength: 20 }).filter((text) => !/\d$|[pc]$/iu.test(text));
    fc.assert(
      fc.property(around, phone, fc.constantFrom('', '+'), (before, digits, plus) => {
        expect(maskText(`${before}${plus}${digits}`)).not.toContain(digits);
      }),
    );
  });

  test('what is too long is cut, and cutting does not bring back half a number', () => {
    const text = `${'x'.repeat(VALUE_MAX - 4)}+12025550199`;
    expect(maskText(text)).not.toContain('+12');
    expect(maskText('y '.repeat(100_000)).length).toBe(VALUE_MAX + 1);
    expect(maskText('y'.repeat(100_000)).length).toBeLessThan(VALUE_MAX);
  });

  test('a hostile text is masked in time', () => {
    const texts = [
      'a'.repeat(50_000),
      'a@'.repeat(25_000),
      '+1 '.repeat(20_000),
      '_gh_'.repeat(10_000),
      'a.'.repeat(25_000),
    ];
    for (const text of texts) {
      // The quickest of three: what else the machine does is not its fault.
      const took = [1, 2, 3].map(() => {
        const began = performance.now();
        maskText(text);
        return performance.now() - began;
      });
      expect(Math.min(...took)).toBeLessThan(500);
    }
  });
});

describe('describing an error', () => {
  test('message, stack and causes are masked', () => {
    const error = new Error('for +12025550199', { cause: new Error('token=abcdef', { cause: 'at @_gh_sms_1:x' }) });
    const described = describeError(error);
    expect(described).toContain('Error: for [phone]');
    expect(described).toContain('caused by');
    expect(described).not.toMatch(/12025550199|abcdef|_gh_/u);
  });

  test('whatever was thrown has a description', () => {
    const loop = new Error('loop');
    loop.cause = loop;
    const hostile = new Error('x');
    Object.defineProperty(hostile, 'stack', {
      get: () => {
        throw new Error('no');
      },
    });
    for (const thrown of [undefined, null, 7, {}, Symbol('x'), loop, hostile]) {
      expect(describeError(thrown)).not.toBe('');
    }
  });
});

function errorOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return describeError(error);
  }
  throw new Error('nothing was thrown');
}
