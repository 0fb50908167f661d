import { beforeEach, describe, expect, test } from '@jest/globals';
import { must, parsePosition, taskIdFor, type TaskId } from '../../../src/core/ids.ts';
import { Suspects, UP_FIRST_MS } from '../../../src/tasks/suspects.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const idOf = (n: number) => taskIdFor(must(parsePosition(n)), 'send');

describe('tasks whose turns a process did not survive', () => {
  let clock: ManualClock;
  let noted: string[];
  let deaths: Map<TaskId, number>;
  let suspects: Suspects;

  beforeEach(() => {
    clock = new ManualClock(0);
    noted = [];
    deaths = new Map([
      [idOf(1), 1],
      [idOf(2), 2],
      [idOf(3), 2],
      [idOf(4), 5],
    ]);
    suspects = new Suspects(
      {
        deaths,
        began: (task) => noted.push(`+${task}`),
        ended: (task) => {
          noted.push(`-${task}`);
          deaths.delete(task);
        },
        close: () => undefined,
      },
      clock,
    );
  });

  test('one death holds nobody back', () => {
    expect(suspects.begins(idOf(1))).toEqual({ run: true });
    expect(suspects.begins(idOf(9))).toEqual({ run: true });
    expect(noted).toEqual(['+1/send', '+9/send']);
    expect(clock.timers).toBe(0);
  });

  test('after two a task waits until the house is up, with one timer for all, and runs while no other suspect does', async () => {
    const [first, second] = [suspects.begins(idOf(2)), suspects.begins(idOf(3))];
    expect('until' in first && 'until' in second && first.until === second.until).toBe(true);
    expect(clock.timers).toBe(1);
    clock.advance(UP_FIRST_MS);
    expect(suspects.begins(idOf(2))).toEqual({ run: true });
    const waits = suspects.begins(idOf(3));
    suspects.ended(idOf(2));
    await expect('until' in waits ? waits.until : Promise.reject(new Error('it ran'))).resolves.toBeUndefined();
    expect(suspects.begins(idOf(3))).toEqual({ run: true });
  });

  test('after five it is set aside, which is noted as a turn of its own', () => {
    expect(suspects.begins(idOf(4))).toEqual({ run: false, deaths: 5 });
    suspects.ended(idOf(4));
    expect(noted).toEqual(['+4/send', '-4/send']);
    expect(suspects.begins(idOf(4))).toEqual({ run: true });
  });
});
