import { expect, test } from '@jest/globals';
import { typedAddress } from '../../../src/app/typed-address.ts';
import { must, parseNetworkId } from '../../../src/core/ids.ts';
import { sales, support } from '../bot/samples.ts';

const sms = must(parseNetworkId('sms'));
const xmpp = must(parseNetworkId('xmpp'));

test.each([
  ['+1 (202) 555-0199', '+12025550199'],
  ['202 555 0199', '+12025550199'],
  ['12025550199', '+12025550199'],
  ['493012345678', '+493012345678'],
  ['Ann', undefined],
  ['+1 202 555 0199 and more', undefined],
  ['', undefined],
])('the number %j is %j', (written, address) => {
  expect(typedAddress([sales, support])(sms, written)).toBe(address);
});

test('an address of a network without numbers is as it was written', () => {
  expect(typedAddress([sales])(xmpp, ' j.park@partner.example ')).toBe('j.park@partner.example');
});
