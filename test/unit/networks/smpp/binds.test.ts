import { describe, expect, test } from '@jest/globals';
import type { ConnectorState } from '../../../../src/core/ports/connector.ts';
import { stateOf } from '../../../../src/networks/smpp/binds.ts';
import { smppConfig } from '../../../../src/networks/smpp/config.ts';

const connected = { name: 'connected' } as const;
const trying = { name: 'connecting' } as const;
const lost = { name: 'connecting', detail: 'nothing listens there' } as const;
const refused = { name: 'bad-credentials', detail: 'check both' } as const;

const sender = (state: ConnectorState) => ({ sends: true, awaited: false, state });
const hearer = (state: ConnectorState) => ({ sends: false, awaited: false, state });
const awaited = (state: ConnectorState) => ({ sends: false, awaited: true, state });

describe('the state of several binds', () => {
  test.each([
    ['one that stands', [sender(connected)], 'connected'],
    ['one that is refused', [sender(refused)], 'bad-credentials'],
    ['all stand', [sender(connected), hearer(connected)], 'connected'],
    ['one has not been tried to the end', [sender(connected), sender(trying)], 'connecting'],
    ['one of two places is down', [sender(connected), sender(lost)], 'degraded'],
    ['what comes in is not heard', [sender(connected), hearer(lost)], 'degraded'],
    ['nothing can be sent', [sender(lost), hearer(connected)], 'connecting'],
    ['all are refused', [sender(refused), sender(refused)], 'bad-credentials'],
    ['one is refused and one is lost', [sender(refused), sender(lost)], 'connecting'],
    ['the carrier does not connect', [sender(connected), awaited(trying)], 'connected'],
  ])('%s', (_what, binds, name) => {
    expect(stateOf(binds).name).toBe(name);
  });

  test('says how many are down, and why', () => {
    expect(stateOf([sender(connected), sender(lost)]).detail).toBe('1 of 2 binds are down: nothing listens there');
  });
});

describe('the config', () => {
  const base = { host: 'carrier.example', systemId: 'acme', password: 'secret08' };
  const listener = { host: '127.0.0.1', port: 2776, systemId: 'carrier', password: 'theirs' };

  test.each([
    ['outbind without a place to connect to', { bind: 'outbind' }, 'with bind: outbind it says where'],
    ['a place to connect to without outbind', { outbind: listener }, 'is for bind: outbind only'],
  ])('refuses %s', (_what, more, words) => {
    const parsed = smppConfig.safeParse({ ...base, ...more });
    expect(parsed.error?.issues[0]).toMatchObject({ path: ['outbind'], message: expect.stringContaining(words) });
  });

  test('takes both together', () => {
    expect(smppConfig.safeParse({ ...base, bind: 'outbind', outbind: listener }).success).toBe(true);
  });
});
