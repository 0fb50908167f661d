import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { archiveRegistration, bridgeRegistration, registrationYaml } from '../../../src/matrix/registrations.ts';

const options = { domain: 'acme.example', url: 'http://127.0.0.1:9701', tokens: { as: 'ours', hs: 'theirs' } };
const users = z.object({
  namespaces: z.object({ users: z.array(z.object({ regex: z.string(), exclusive: z.boolean() })) }),
});

function written(text: string): unknown {
  const value: unknown = parse(text);
  return value;
}

/** As Python's `re.match` does: anchored at the start only. */
function claims(registration: unknown, user: string): boolean[] {
  return users
    .parse(registration)
    .namespaces.users.flatMap(({ regex, exclusive }) =>
      new RegExp(`^(?:${regex})`, 'u').test(user) ? [exclusive] : [],
    );
}

describe('the bridge registration', () => {
  const registration = written(registrationYaml(bridgeRegistration({ ...options, protocols: ['sms'] })));

  test('holds every field that Synapse needs, under both names where it had two', () => {
    expect(registration).toMatchObject({
      id: 'gatehouse-bridge',
      url: 'http://127.0.0.1:9701',
      as_token: 'ours',
      hs_token: 'theirs',
      sender_localpart: '_gatehouse_bridge',
      rate_limited: false,
      protocols: ['sms'],
      receive_ephemeral: true,
      'de.sorunome.msc2409.push_ephemeral': true,
      namespaces: { aliases: [], rooms: [] },
    });
  });

  test.each([
    ['@_gh_sms_12025550199:acme.example', [true]],
    ['@_gh_xmpp_-j=2epark:acme.example', [true]],
    ['@gatehouse:acme.example', [false]],
    ['@alice:acme.example', []],
    ['@_gh_sms_1:acmexexample', []],
    ['@_gh_sms_1:acme.example.evil.example', []],
    ['@not_gh_sms_1:acme.example', []],
  ])('of %s it claims %j', (user, exclusive) => {
    expect(claims(registration, user)).toEqual(exclusive);
  });
});

describe('the archive registration', () => {
  const registration = written(registrationYaml(archiveRegistration(options)));

  test('sees every room and asks for no receipts, typing or presence', () => {
    expect(registration).toMatchObject({
      id: 'gatehouse-archive',
      sender_localpart: '_gatehouse_archive',
      rate_limited: false,
      namespaces: { rooms: [{ regex: '!.*', exclusive: false }] },
    });
    expect(registration).not.toHaveProperty('receive_ephemeral');
    expect(registration).not.toHaveProperty(['de.sorunome.msc2409.push_ephemeral']);
  });

  test.each([
    ['@compliance:acme.example', [false]],
    ['@archivist:acme.example', [false]],
    ['@alice:acme.example', []],
    ['@_gh_sms_12025550199:acme.example', []],
    ['@compliance2:acme.example', []],
  ])('of %s it claims %j: no power over anyone but its two bots', (user, exclusive) => {
    expect(claims(registration, user)).toEqual(exclusive);
  });
});
