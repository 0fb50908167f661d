import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Program } from '../../../src/cli/deps.ts';
import type { Calling } from '../../../src/cli/records/record-command.ts';
import { gatehouse } from '../../support/cli.ts';
import { newInstallation, type Installation } from '../../support/installation.ts';

const DAY = 86_400_000;
const line = { position: 4_711, ok: true, words: ['Compared 2 days', 'Homeserver 5 events in 1 room ✓'], by: 'cli' };

let place: Installation;
beforeAll(() => {
  place = newInstallation();
});
afterAll(() => {
  place[Symbol.dispose]();
});

/** A running Gatehouse that answers with `said`. */
function answering(said: typeof line, asked: Calling['args'][] = []): Partial<Program> {
  return {
    callRunning: (_config, name, { args, say }) => {
      expect(name).toBe('reconcile');
      asked.push(args);
      say({ progress: { done: 1, total: 1 } });
      say({ line: said });
      return Promise.resolve({ exit: said.ok ? 0 : 1 });
    },
  };
}

function run(argv: readonly string[], program: Partial<Program>) {
  return gatehouse(['reconcile', ...argv], { cwd: place.cwd, program });
}

describe('gatehouse reconcile', () => {
  test('says what was compared and where that is on record, and ends with 0', async () => {
    const asked: Calling['args'][] = [];
    const ran = await run([], answering(line, asked));
    expect(ran.code).toBe(0);
    expect(ran.said.join('\n')).toBe('✓ Compared 2 days\n  Homeserver 5 events in 1 room ✓\n  on record as 4711');
    expect(asked).toMatchObject([{ forMs: DAY }]);
  });

  test('ends with 1 when something stays missing', async () => {
    const ran = await run([], answering({ ...line, ok: false }));
    expect(ran.code).toBe(1);
    expect(ran.said[0]).toMatch(/^✗ Compared/u);
  });

  test('prints one object with --json', async () => {
    const ran = await run(['--json'], answering(line));
    expect(ran.said.map((one): unknown => JSON.parse(one))).toEqual([line]);
  });

  test.each([
    ['7d', 7 * DAY],
    ['12h', DAY / 2],
  ])('goes back as far as --since %s says', async (since, forMs) => {
    const asked: Calling['args'][] = [];
    await run(['--since', since], answering(line, asked));
    expect(asked).toMatchObject([{ forMs }]);
  });

  test.each(['yesterday', '-1d', '1000y', ''])('refuses --since "%s" in words', async (since) => {
    const ran = await run(['--since', since], answering(line));
    expect(ran.code).toBe(2);
    expect(ran.complained.join('\n')).toContain('write a number and a unit');
  });
});
