import { describe, expect, test } from '@jest/globals';
import { RestartSigns } from '../../../../src/matrix/gaps/restart-signs.ts';
import { err, ok } from '../../../../src/core/result.ts';

const good = ok({ ms: 1 });
const away = err({ kind: 'down', detail: 'ECONNREFUSED' } as const);

function heard() {
  const signs = new RestartSigns();
  const seen: string[] = [];
  const end = signs.on((sign) => seen.push(sign));
  return { signs, seen, end };
}

describe('signs that the homeserver was restarted', () => {
  test('pings that fail are one sign until one succeeds', () => {
    const { signs, seen } = heard();
    for (const result of [good, away, away, good, away]) signs.pinged('archive', result);
    expect(seen).toEqual(['ping-failed', 'ping-failed']);
  });

  test('a ping that is refused in words is none: the homeserver is there', () => {
    const { signs, seen } = heard();
    signs.pinged('archive', err({ kind: 'refused', status: 502, errcode: 'M_BAD_STATUS', detail: '' }));
    expect(seen).toEqual([]);
  });

  test('a transaction id that falls is one, of each service by itself; a repeat is none', () => {
    const { signs, seen } = heard();
    for (const id of ['7', '8', '8']) signs.transaction('archive', id);
    signs.transaction('bridge', '3');
    signs.transaction('archive', 'not a number');
    expect(seen).toEqual([]);
    signs.transaction('archive', '1');
    expect(seen).toEqual(['transaction-id-fell']);
  });

  test('whoever no longer listens hears nothing', () => {
    const { signs, seen, end } = heard();
    end();
    signs.connectionLost();
    expect(seen).toEqual([]);
  });
});
