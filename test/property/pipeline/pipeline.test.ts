import { beforeAll, describe, expect, test } from '@jest/globals';
import { makeTemplates, playHistory, type Templates } from './history.ts';
import type { Plan } from './plan.ts';
import { simulateInThreads } from './simulate-in-threads.ts';
import { commandOf, lineOf, simulate } from './simulate.ts';

const HISTORIES = 2_000;
const SEED = 20_261_122;

test(`the pipeline keeps every promise in ${String(HISTORIES)} histories of crashes, repeats and lost answers`, async () => {
  const found = await simulateInThreads({ histories: HISTORIES, seed: SEED, verifyEvery: 50 });
  expect({ broken: found.broken?.violation, again: commandOf(found) }).toEqual({ broken: undefined, again: undefined });
  expect(found.histories).toBe(HISTORIES);
  process.stdout.write(`pipeline: ${lineOf(found)}\n`);
}, 300_000);

describe('a history in which a promise was broken once keeps it:', () => {
  let templates: Templates;
  beforeAll(async () => {
    templates = await makeTemplates();
  });

  const outsider = { do: 'write', who: 6, portal: 0 } as const;
  const retry = { do: 'retry', which: 0 } as const;
  const answer = { do: 'write', who: 0, portal: 0 } as const;
  const text = { do: 'text', customer: 0, same: false } as const;
  test.each<[string, Omit<Plan, 'opened'>]>([
    ['what is refused again after a retry is told again', { script: [outsider, retry], decisions: [], kills: [] }],
    [
      'the same mark of a second try stands, although the first one stood',
      { script: [outsider, retry], decisions: [81166, 4252, 0, 0, 0, 0, 0, 73687], kills: [] },
    ],
    [
      'a mark that was put up before the end of a process is taken down',
      { script: [outsider, retry, answer], decisions: [], kills: [23, 4] },
    ],
    [
      'a mark whose answer was lost is taken down',
      {
        script: [answer, text],
        decisions: [38166, 55952, 0, 44366, 13466, 0, 82300, 80900, 0, 43778, 91045, 0, 0, 0],
        kills: [],
      },
    ],
    [
      'a room that was asked for before the homeserver went away is not asked for again',
      {
        script: [{ ...text, customer: 2 }, { ...answer, portal: 2 }, text],
        decisions: [18966, 72478, 0, 0, 0, 0, 0, 0, 0, 1845],
        kills: [],
      },
    ],
    [
      'what is written in a room from the first moment on goes to the customer',
      {
        script: [
          { ...text, customer: 2 },
          { ...answer, portal: 2 },
        ],
        decisions: [66, 78, 0, 0, 0, 0, 0, 0, 0, 0, 66, 852, 100, 852, 100],
        kills: [],
      },
    ],
  ])('%s', async (_, plan) => {
    const told = await playHistory({ opened: true, ...plan }, templates, { verify: true });
    expect(told.violation).toBeUndefined();
    expect(told.steps).toBeGreaterThan(10);
  });
});

test('the same seed plays the same steps', async () => {
  const steps = async (): Promise<readonly string[]> => {
    const told: string[] = [];
    await simulate({ histories: 20, seed: 7, verifyEvery: 5, trace: (words) => told.push(words) });
    return told;
  };
  const first = await steps();
  expect(first.length).toBeGreaterThan(500);
  expect(await steps()).toEqual(first);
});
