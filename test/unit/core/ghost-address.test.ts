import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ghostName, ghostUserId, readGhost } from '../../../src/core/address.ts';
import { must, parseAddress, parseNetworkId } from '../../../src/core/ids.ts';

const xmpp = must(parseNetworkId('xmpp'));

test.each([
  ['whatsapp', 'Kim (WhatsApp)'],
  ['line', 'Kim (LINE)'],
  ['messenger', 'Kim (Messenger)'],
  ['acme', 'Kim (acme)'],
])('somebody on %s is %s: a network has its name as people write it, where we know it', (network, shown) => {
  const given = { name: 'Kim', address: must(parseAddress('kim')), network: must(parseNetworkId(network)) };
  expect(ghostName(given, (number) => number)).toBe(shown);
});

describe('whose ghost a user id is', () => {
  test.each(['+12025550199', 'j.park@partner.example', '-1001234', '日本', 'a b', '+1', '=20'])(
    '%j is read back',
    (written) => {
      const address = must(parseAddress(written));
      expect(readGhost(ghostUserId(xmpp, address, 'acme.example'))).toEqual({ network: 'xmpp', address });
    },
  );

  test('any address is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), (written) => {
        const address = parseAddress(written.toWellFormed());
        fc.pre(address.ok);
        expect(readGhost(ghostUserId(xmpp, must(address), 'acme.example'))?.address).toBe(must(address));
      }),
    );
  });

  test.each([
    '@alice:acme.example',
    '@_gh_sms_:acme.example',
    '@_gh_sms_-=zz:acme.example',
    '@_gh_SMS_1:acme.example',
    '',
  ])('%j is nobody', (user) => {
    expect(readGhost(user)).toBeUndefined();
  });
});
