import { describe, expect, jest, test } from '@jest/globals';
import type { Outside } from './outside.ts';
import { sceneNames } from './scenes.ts';
import { stepsToKill } from '../steps-to-kill.ts';
import { Stage } from './stage.ts';

// A guard against hanging: each step of each scene is a process that is killed, and another life after it.
jest.setTimeout(300_000);
/** Processes at the same time. */
const AT_ONCE = 2;

describe('a process that is killed after a call or a commit while', () => {
  test.each(sceneNames)('%s: everything ends as if it had not been', async (scene) => {
    await using stage = await Stage.set(scene);
    const { steps, ...calm } = await stage.calm();
    expect(calm.left).toBe(0);
    expect(steps).toBeGreaterThan(1);
    const left = stepsToKill(steps, { every: 3, from: sceneNames.indexOf(scene) }).values();
    const kill = async (): Promise<void> => {
      for (const last of left) expectSame({ last, ...(await stage.killedAfter(last)) }, { last, ...calm });
    };
    await Promise.all(Array.from({ length: AT_ONCE }, kill));
  });
});

/** What staff wrote may be in doubt when the process died while the network had it: then they are told, once. */
function expectSame(seen: Outside & { readonly last: number }, calm: Outside & { readonly last: number }): void {
  const inDoubt = calm.sent.length > 0 && seen.sent.length < calm.sent.length;
  if (!inDoubt) expect(seen).toEqual(calm);
  else {
    const words = (outside: Outside) => Object.values(outside.rooms).flatMap((room) => room.said);
    const more = words(seen).filter((line) => !words(calm).includes(line));
    expect({ last: seen.last, more }).toEqual({ last: seen.last, more: [expect.stringContaining('Maybe sent')] });
    expect(words(seen)).toEqual(expect.arrayContaining(words(calm)));
  }
}
