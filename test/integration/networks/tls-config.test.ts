import { describe, expect, test } from '@jest/globals';
import { smppConfig } from '../../../src/networks/smpp/config.ts';
import { pem } from '../../support/tls-front.ts';

const account = { host: 'smsc.example', systemId: 'acme', password: 'secret08' };

function faults(tls: object): (readonly [string, string])[] {
  const { error } = smppConfig.safeParse({ ...account, tls });
  return (error?.issues ?? []).map(({ path, message }) => [path.join('.'), message] as const);
}

describe('tls in the config', () => {
  test('takes an authority, and a certificate with its key', () => {
    expect(faults({})).toEqual([]);
    expect(faults({ ca: pem('authority.pem'), cert: pem('client.pem'), key: pem('client.key') })).toEqual([]);
  });

  test.each([
    ['an authority that is no PEM', { ca: 'secrets/ca.pem' }, 'tls.ca', 'as PEM'],
    ['a certificate without its key', { cert: pem('client.pem') }, 'tls.key', 'come together'],
    ['a key without its certificate', { key: pem('client.key') }, 'tls.cert', 'come together'],
    ['another one’s key', { cert: pem('client.pem'), key: pem('carrier.key') }, 'tls.key', 'not the key'],
    ['a certificate that is none', { cert: 'x', key: pem('client.key') }, 'tls.key', 'PEM'],
  ])('%s is refused with its path and what to do', (_what, tls, path, words) => {
    expect(faults(tls)).toEqual([[path, expect.stringContaining(words)]]);
  });
});
