import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { exampleConfig } from '../../../src/config/example.ts';
import { inactiveIn } from '../../../src/config/inactive.ts';
import { configDigest, redact } from '../../../src/config/redact.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { Secret } from '../../../src/config/secret.ts';
import { issueWords, toProblems } from '../../../src/config/zod-problems.ts';
import { ok } from '../../../src/core/result.ts';

const schema = configSchema(() => ok(new Secret('x')));

/** The example with random values at random places, two levels deep. */
const spoiled = fc
  .array(fc.tuple(fc.constantFrom(...Object.keys(exampleConfig)), fc.string(), fc.jsonValue()), { maxLength: 4 })
  .map((changes) => {
    const config: Record<string, unknown> = structuredClone({ ...exampleConfig });
    for (const [section, key, value] of changes) {
      const old = config[section];
      const isMap = typeof old === 'object' && old !== null && !Array.isArray(old);
      config[section] = isMap && key !== '' ? { ...old, [key]: value } : value;
    }
    return config;
  });

describe('whatever stands in a config', () => {
  test('reading it throws nothing, and every problem has a place, words and a fix', () => {
    fc.assert(
      fc.property(fc.oneof(spoiled, fc.jsonValue()), (written) => {
        const parsed = schema.safeParse(written, { error: issueWords });
        for (const { message, fix } of parsed.success ? [] : toProblems(parsed.error.issues)) {
          expect(message).not.toMatch(/^$|Invalid input|\n/u);
          expect(fix).not.toBe('');
        }
      }),
      { numRuns: 300 },
    );
  });

  test('it can be redacted, digested and looked through', () => {
    fc.assert(
      fc.property(fc.oneof(spoiled, fc.jsonValue()), (written) => {
        const redacted = redact(written);
        expect(configDigest(redacted)).toBe(configDigest(redact(redacted)));
        expect(Array.isArray(inactiveIn(redacted))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('no secret survives in what is shown of it', () => {
    const keys = fc.constantFrom(
      'password',
      'token',
      'apiKey',
      'clientSecret',
      'authToken',
      'passphrase',
      'privateKey',
    );
    const word = fc.string({ minLength: 8, maxLength: 20, unit: 'grapheme-ascii' });
    fc.assert(
      fc.property(keys, word, fc.array(fc.constantFrom('a', 'b', 'list'), { maxLength: 5 }), (key, value, path) => {
        const marked = `sEcReT${value}`;
        const written = path.reduce<unknown>((of, step) => (step === 'list' ? [of] : { [step]: of }), {
          [key]: marked,
        });
        expect(JSON.stringify(redact({ top: written }))).not.toContain('sEcReT');
      }),
    );
  });
});
