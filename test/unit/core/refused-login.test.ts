import { expect, test } from '@jest/globals';
import { must, parseNetworkId } from '../../../src/core/ids.ts';
import { refusedLogin, refusedLoginAt } from '../../../src/core/refused-login.ts';

const network = (id: string) => must(parseNetworkId(id));

test.each(['sms', 'xmpp'])('a login to %s is a password, and is said to be rejected', (id) => {
  expect(refusedLogin(network(id))).toBe('rejected our password');
  expect(refusedLoginAt(network(id), '10:15')).toBe('rejected our password at 10:15');
});

test.each(['signal', 'telegram', 'whatsapp', 'line', 'messenger', 'another'])(
  'on %s there is no password: an account was unlinked or locked, or a token has ended',
  (id) => {
    expect(refusedLogin(network(id))).toBe('does not let our account in');
    expect(refusedLoginAt(network(id), '10:15')).toBe('does not let our account in (10:15)');
  },
);

test('of a connector without a line nobody knows which it is', () => {
  expect(refusedLogin(undefined)).toBe('does not let our account in');
});
