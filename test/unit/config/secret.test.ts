import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { ConnectorSettings } from '../../../src/config/connector-settings.ts';
import { configDigest, redact } from '../../../src/config/redact.ts';
import { Secret } from '../../../src/config/secret.ts';
import { must, parseConnectorId } from '../../../src/core/ids.ts';
import { ok } from '../../../src/core/result.ts';

const WORD = 'correct-horse-battery';

/** Every way in which a value is shown by accident. */
function shown(value: unknown): string {
  return [
    String(value),
    JSON.stringify({ value }),
    inspect(value, { depth: 9, showHidden: true }),
    inspect([{ value }]),
  ].join('\n');
}

describe('a secret', () => {
  test('is what it is when it is asked for, and nothing when it is printed', () => {
    const secret = new Secret(WORD);
    expect(secret.reveal()).toBe(WORD);
    expect(shown(secret)).not.toContain(WORD);
    expect(shown(secret)).toContain('[redacted]');
    expect(Object.keys(secret)).toEqual([]);
  });

  test('inside a connector’s settings is not printed with them, and reaches the connector', () => {
    const given = {
      id: must(parseConnectorId('carrier')),
      type: 'smpp',
      host: 'h',
      password: { env: 'P' },
      inline: WORD,
    };
    const settings = ConnectorSettings.read(given, () => ok(new Secret(WORD)));
    expect(settings.ok && settings.value.reveal()).toEqual({ host: 'h', password: WORD, inline: WORD });
    expect(settings.ok && shown(settings.value)).not.toContain(WORD);
  });
});

describe('a redacted config', () => {
  test('holds no secret in any of its forms', () => {
    const redacted = redact({
      homeserver: { adminToken: WORD, tokens: { bridge: { as: WORD, hs: { file: 'secrets/hs' } } } },
      database: { url: `postgres://gatehouse:${WORD}@db/main` },
      connectors: [{ id: 'x', password: 12_345, apiKey: WORD, nested: { clientSecret: [WORD] }, host: 'h' }],
    });
    expect(JSON.stringify(redacted)).not.toContain(WORD);
    expect(JSON.stringify(redacted)).not.toContain('12345');
    expect(redacted).toMatchObject({
      homeserver: { tokens: { bridge: { as: '[redacted]', hs: { file: 'secrets/hs' } } } },
      database: { url: 'postgres://gatehouse:[redacted]@db/main' },
      connectors: [{ id: 'x', host: 'h' }],
    });
  });

  test('has a digest that changes with a setting and not with a secret or the order of keys', () => {
    const digest = configDigest(redact({ a: 1, token: 'one', b: { c: 2 } }));
    expect(configDigest(redact({ b: { c: 2 }, a: 1, token: 'two' }))).toBe(digest);
    expect(configDigest(redact({ a: 2, token: 'one', b: { c: 2 } }))).not.toBe(digest);
    expect(digest).toMatch(/^[0-9a-f]{64}$/u);
  });
});
