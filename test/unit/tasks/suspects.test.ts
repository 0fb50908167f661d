import { beforeEach, describe, expect, test } from '@jest/globals';
import { must, parsePosition, taskIdFor, type TaskId } from '../../../src/core/ids.ts';
import { DEATHS_MAX, Suspects, TRIAL_MS, UP_FIRST_MS } from '../../../src/tasks/suspects.ts';
import type { Held } from '../../../src/tasks/turn-notes.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const idOf = (n: number) => taskIdFor(must(parsePosition(n)), 'send');
const [FIRST, SECOND] = UP_FIRST_MS;

describe('tasks whose turns a process did not survive', () => {
  let clock: ManualClock;
  let noted: string[];
  let held: Map<TaskId, Held>;
  let suspects: Suspects;
  /** Later than the shortest time by this share. */
  let random: number;

  beforeEach(() => {
    clock = new ManualClock(0);
    noted = [];
    random = 0;
    held = new Map([
      [idOf(1), { deaths: 1, blamed: 0 }],
      [idOf(2), { deaths: 2, blamed: 0 }],
      [idOf(3), { deaths: 2, blamed: 0 }],
      [idOf(4), { deaths: 3, blamed: 1 }],
      [idOf(5), { deaths: 5, blamed: 3 }],
      [idOf(6), { deaths: 7, blamed: 5 }],
      [idOf(7), { deaths: DEATHS_MAX, blamed: 0 }],
    ]);
    suspects = new Suspects(
      {
        held,
        began: (task, as) => noted.push(`${as} ${task}`),
        left: (task) => noted.push(`left ${task}`),
        ended: (task) => {
          noted.push(`ended ${task}`);
          held.delete(task);
        },
        close: () => undefined,
      },
      { clock, random: () => random },
    );
  });
  async function waitOf(task: TaskId): Promise<boolean> {
    const verdict = suspects.begins(task);
    if (!('until' in verdict)) throw new Error(`${task} did not have to wait`);
    const still = Symbol('still');
    return (await Promise.race([verdict.until, new Promise((resolve) => setImmediate(resolve, still))])) === still;
  }

  test('one death holds nobody back, and is held against nobody', () => {
    expect(suspects.begins(idOf(1))).toEqual({ run: true });
    expect(suspects.begins(idOf(9))).toEqual({ run: true });
    expect(noted).toEqual(['turn 1/send', 'turn 9/send']);
    expect(clock.timers).toBe(0);
  });

  test('after two a task waits until the house is up, with one timer for all, and is tried while no other is', async () => {
    const [first, second] = [suspects.begins(idOf(2)), suspects.begins(idOf(3))];
    expect('until' in first && 'until' in second && first.until === second.until).toBe(true);
    expect(clock.timers).toBe(1);
    clock.advance(FIRST);
    expect(suspects.begins(idOf(2))).toEqual({ run: true });
    const waits = suspects.begins(idOf(3));
    suspects.ended(idOf(2));
    await expect('until' in waits ? waits.until : Promise.reject(new Error('it ran'))).resolves.toBeUndefined();
    expect(suspects.begins(idOf(3))).toEqual({ run: true });
    expect(noted).toEqual(['trial 2/send', 'ended 2/send', 'trial 3/send']);
  });

  test('whom a trial blamed waits longer for the next one', async () => {
    clock.advance(FIRST);
    expect(await waitOf(idOf(4))).toBe(true);
    clock.advance(SECOND - FIRST - 1);
    expect(await waitOf(idOf(4))).toBe(true);
    clock.advance(1);
    expect(suspects.begins(idOf(4))).toEqual({ run: true });
  });

  test('chance puts a trial off by as much again, so that nobody kills at its time by rule', async () => {
    random = 0.999;
    expect(await waitOf(idOf(2))).toBe(true);
    clock.advance(2 * FIRST - 10);
    expect(await waitOf(idOf(2))).toBe(true);
    clock.advance(10);
    expect(suspects.begins(idOf(2))).toEqual({ run: true });
  });

  test('once its first moments are survived the next is tried, though its turn goes on', async () => {
    clock.advance(FIRST);
    suspects.begins(idOf(2));
    expect(await waitOf(idOf(3))).toBe(true);
    clock.advance(TRIAL_MS);
    expect(suspects.begins(idOf(3))).toEqual({ run: true });
    suspects.ended(idOf(2));
    expect(noted).toEqual(['trial 2/send', 'turn 2/send', 'trial 3/send', 'ended 2/send']);
  });

  test('who steps aside amid a trial has proved nothing, and is tried again', () => {
    clock.advance(FIRST);
    suspects.begins(idOf(2));
    suspects.left(idOf(2));
    expect(suspects.begins(idOf(2))).toEqual({ run: true });
    expect(noted).toEqual(['trial 2/send', 'left 2/send', 'trial 2/send']);
    expect(clock.timers).toBe(1);
  });

  test('blamed three times it is set aside at once, which is noted like a trial', () => {
    expect(suspects.begins(idOf(5))).toEqual({ run: false, deaths: 5, untold: false });
    suspects.ended(idOf(5));
    expect(noted).toEqual(['trial 5/send', 'ended 5/send']);
    expect(suspects.begins(idOf(5))).toEqual({ run: true });
  });

  test('where two more died of telling it is set aside untold', () => {
    expect(suspects.begins(idOf(6))).toEqual({ run: false, deaths: 7, untold: true });
  });

  test('what ends the process slowly each time is set aside after twenty deaths', () => {
    expect(suspects.begins(idOf(7))).toEqual({ run: false, deaths: DEATHS_MAX, untold: false });
  });
});
