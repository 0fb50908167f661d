import { describe, expect, test } from '@jest/globals';
import { checkOwnRetention } from '../../../src/cli/doctor/own-retention.ts';
import type { ProbeAnswer } from '../../../src/cli/doctor/homeserver-probe.ts';
import { Secret } from '../../../src/config/secret.ts';

const token = new Secret('the bridge');
const tokens = { as: token, hs: token };
const homeserver = {
  ...{ domain: 'acme.example', url: 'http://127.0.0.1:8008', tokens: { bridge: tokens, archive: tokens } },
  ...{ reachUsAt: { bridge: 'http://127.0.0.1:1', archive: 'http://127.0.0.1:2' } },
};

function found(answer: ProbeAnswer | undefined) {
  return checkOwnRetention({ homeserver }, () => Promise.resolve(answer));
}

describe('Whether Synapse deletes by age itself', () => {
  test('is warned of where it says so, with how old', async () => {
    const body = { policies: { '*': { max_lifetime: 30 * 86_400_000 } }, limits: {} };
    expect(await found({ status: 200, body })).toMatchObject([
      { level: 'warn', message: expect.stringContaining('everything older than 30 days') },
    ]);
  });

  test('is warned of where rooms decide', async () => {
    expect(await found({ status: 200, body: { policies: {}, limits: {} } })).toMatchObject([
      { level: 'warn', message: expect.stringContaining('m.room.retention') },
    ]);
  });

  test('is for a person to look up where Synapse does not tell', async () => {
    expect(await found({ status: 404, errcode: 'M_UNRECOGNIZED', body: {} })).toMatchObject([
      { level: 'info', message: expect.stringContaining('homeserver.yaml') },
    ]);
  });

  test('is not asked of a homeserver that does not answer', async () => {
    expect(await found(undefined)).toEqual([]);
  });
});
