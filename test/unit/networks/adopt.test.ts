import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { textOnly } from '../../support/capabilities.ts';
import { adopt } from '../../../src/networks/adopt.ts';

const good = {
  apiVersion: 1,
  type: 'echo',
  network: 'echo',
  config: z.strictObject({ token: z.string() }),
  facts: { title: 'Echo', most: textOnly, receives: ['text'], cannot: [] },
  create: () => undefined,
};

describe('what a package exports', () => {
  test('is a connector module when all of it is there', () => {
    const adopted = adopt(good);
    expect(adopted).toMatchObject({ ok: true, value: { apiVersion: 1, type: 'echo', networks: ['echo'] } });
    expect(adopted.ok && adopted.value.networkOf({})).toBe('echo');
  });

  test.each([
    [undefined, 'its default export is no connector'],
    [() => good, 'its default export is no connector'],
    [{ ...good, apiVersion: 2 }, 'it is for version 2 of the contract; this Gatehouse has version 1'],
    [
      { ...good, apiVersion: undefined },
      'it does not say for which version of the contract it is; this Gatehouse has version 1',
    ],
    [{ ...good, type: 'Echo 1' }, 'its default export is no connector: type: small letters, digits and hyphens'],
    [
      { ...good, network: 'The Network' },
      'its default export is no connector: network: the name of a network: small letters and digits',
    ],
    [{ ...good, config: { parse: () => 1 } }, 'its default export is no connector: config: a schema of zod 4'],
    [{ ...good, create: 'me' }, 'its default export is no connector: create: a function that makes the connector'],
  ])('%j is refused: %s', (given, words) => {
    expect(adopt(given)).toEqual({ ok: false, error: words });
  });

  test('grades all that a network may do: what is left out was promised by nobody', () => {
    const most = { ...textOnly, typing_notifications: undefined };
    const adopted = adopt({ ...good, facts: { ...good.facts, most } });
    expect(!adopted.ok && adopted.error).toContain('facts.most.typing_notifications');
  });
});
