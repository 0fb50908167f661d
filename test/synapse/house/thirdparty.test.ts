/** Clients of staff ask their homeserver who is behind a number; Synapse asks Gatehouse. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { HOUSE_START_MS, staffedHouse, type StaffedHouse } from '../../support/staffed-house.ts';
import type { StaffClient } from '../../support/staff-client.ts';

let staffed: StaffedHouse;
let alice: StaffClient;

const ANN = {
  userid: '@_gh_sms_12025550199:acme.example',
  protocol: 'sms',
  fields: { address: '+12025550199', 'm.id.phone': '+12025550199' },
};

beforeAll(async () => {
  staffed = await staffedHouse();
  alice = await staffed.person('alice');
}, HOUSE_START_MS);

afterAll(async () => {
  await staffed[Symbol.asyncDispose]();
}, 60_000);

test('the networks of the lines are listed, with what to ask them by', async () => {
  const protocols = await alice.sdk.getThirdpartyProtocols();
  expect(protocols).toMatchObject({
    sms: {
      user_fields: ['m.id.phone', 'address'],
      instances: [{ desc: 'SMS', network_id: 'sms' }],
    },
  });
});

test.each(['+12025550199', '+1 (202) 555-0199', '202 555 0199', '12025550199'])(
  'the number %j is the user who would write',
  async (number) => {
    expect(await alice.sdk.getThirdpartyUser('sms', { 'm.id.phone': number })).toEqual([ANN]);
  },
);

test('an address is asked by its own field, and what is none is nobody', async () => {
  expect(await alice.sdk.getThirdpartyUser('sms', { address: '+12025550199' })).toEqual([ANN]);
  expect(await alice.sdk.getThirdpartyUser('sms', { 'm.id.phone': 'Ann' })).toEqual([]);
});

test('no room is listed', async () => {
  expect(await alice.sdk.getThirdpartyLocation('sms', { searchFields: [] })).toEqual([]);
});
