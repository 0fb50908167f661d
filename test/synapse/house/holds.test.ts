/** Legal holds in a whole house, with Gatehouse killed around each word: nothing is lost, and nothing is done twice. */
import { setTimeout as pause } from 'node:timers/promises';
import type { MatrixEvent } from 'matrix-js-sdk';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { bodyOf, HOUSE_START_MS, replyTo, roomNamed } from '../../support/staffed-house.ts';
import { staffedHouse, type StaffedHouse } from '../../support/staffed-house.ts';
import type { StaffClient } from '../../support/staff-client.ts';

const PATIENCE_MS = 60_000;
/** Before Synapse has brought what was said, and while it is done. */
const KILLED_AFTER_MS = [0, 120] as const;
const PROMISE = 'the umber narwhal is promised';

const answerShape = z.object({ data: z.record(z.string(), z.unknown()) });
const entryShape = z.object({ kind: z.string() });
const foundShape = z.object({ text: z.string().nullable() });

let staffed: StaffedHouse;
let bob: StaffClient;
let olivia: StaffClient;
let omar: StaffClient;
let desk: string;

beforeAll(async () => {
  staffed = await staffedHouse({
    configure: (config) => {
      config.setIn(['retention', 'classes'], config.createNode({ quick: { keep: '0s', erase: '1s' } }));
      config.setIn(['retention', 'default'], 'quick');
      config.setIn(['desks', 0, 'fourEyes'], config.createNode(['hold-release']));
    },
  });
  bob = await staffed.person('bob');
  [olivia, omar] = [await staffed.person('olivia'), await staffed.person('omar')];
  desk = await roomNamed(olivia, 'Compliance');
}, HOUSE_START_MS);

afterAll(async () => {
  await staffed[Symbol.asyncDispose]();
}, 60_000);

/** Kills Gatehouse so long after `act`, and starts it again. */
async function killedAfter<T>(ms: number, act: () => Promise<T>): Promise<T> {
  const done = await act();
  await pause(ms);
  await staffed.house.gatehouse.stop('SIGKILL');
  await staffed.house.gatehouse.start();
  return done;
}

async function answerTo(event: string): Promise<string> {
  return bodyOf(await replyTo(olivia, { room: desk, event }, PATIENCE_MS));
}

async function ask(command: string): Promise<string> {
  return answerTo(await olivia.sendText(desk, command));
}

/** What the desk says after this command, under that key. */
async function told(command: string, key: string): Promise<MatrixEvent> {
  const known = new Set(olivia.timeline(desk).map((event) => event.getId()));
  await olivia.sendText(desk, command);
  return olivia.until(
    key,
    () =>
      olivia.timeline(desk).find((event) => {
        const said = answerShape.safeParse(event.getContent()['org.gatehouse.answer']);
        return !known.has(event.getId()) && said.success && key in said.data.data;
      }),
    PATIENCE_MS,
  );
}

async function linesOf<T>(shape: z.ZodType<T>, ...args: readonly string[]): Promise<readonly T[]> {
  const said = await staffed.house.command(...args, '--json');
  const lines = said.split('\n').filter((line) => line.startsWith('{'));
  return lines.flatMap((line) => shape.safeParse(JSON.parse(line)).data ?? []);
}

async function onRecord(kind: string): Promise<number> {
  return (await linesOf(entryShape, 'search', `kind:${kind}`)).length;
}

/** Asks the record until there are as many, and finds no more. */
async function comes(kind: string, wanted: number): Promise<void> {
  const give = performance.now() + PATIENCE_MS;
  while ((await onRecord(kind)) < wanted && performance.now() < give) await pause(200);
  expect([kind, await onRecord(kind)]).toEqual([kind, wanted]);
}

async function isThere(words: string): Promise<boolean> {
  return (await linesOf(foundShape, 'search', words)).some(({ text }) => text?.includes(words) === true);
}

/** What the person is asked in the chat with @gatehouse about this hold. */
function asksAbout(who: StaffClient, chat: string, hold: string): readonly MatrixEvent[] {
  return who.timeline(chat).filter((event) => bodyOf(event).includes(`about the matter ${hold}:`));
}

test('a hold whose word was the last one before a kill stands once; its custodian is asked once, and the word is kept', async () => {
  const office = await bob.createRoom('Office');
  await bob.sendText(office, PROMISE);
  const chat = await roomNamed(bob, 'Gatehouse');
  for (const [n, ms] of KILLED_AFTER_MS.entries()) {
    const hold = `matter-${String(n)}`;
    const command = `!c hold add ${hold} narwhal case:"Narwhal" custodian:@bob`;
    await answerTo(await killedAfter(ms, () => olivia.sendText(desk, command)));
    expect(await ask(`!c hold show ${hold}`)).toContain('stands since');
    const asked = await bob.until(`the words about ${hold}`, () => asksAbout(bob, chat, hold)[0], PATIENCE_MS);
    await killedAfter(ms, () => bob.react(chat, asked.getId() ?? '', '✅'));
    expect(asksAbout(bob, chat, hold)).toHaveLength(1);
  }
  expect(await onRecord('hold.placed')).toBe(KILLED_AFTER_MS.length);
  await comes('hold.acknowledged', KILLED_AFTER_MS.length);
  for (const n of KILLED_AFTER_MS.keys()) expect(asksAbout(bob, chat, `matter-${String(n)}`)).toHaveLength(1);
}, 300_000);

test('it stops runs, killed or not, until the last of them is released by two', async () => {
  await told('!c retention preview', 'preview');
  const requested = await ask('!c retention arm');
  expect(requested).toContain('second officer');
  const armed = await omar.sendText(desk, '!c retention arm');
  await replyTo(omar, { room: desk, event: armed }, PATIENCE_MS);
  expect(bodyOf(await told('!c retention run', 'certificate'))).toContain('under the hold matter-0');
  expect(await isThere(PROMISE)).toBe(true);

  for (const [n, ms] of KILLED_AFTER_MS.entries()) {
    const hold = `matter-${String(n)}`;
    await ask(`!c hold release ${hold}`);
    const card = await omar.until(
      `the card about ${hold}`,
      () => omar.timeline(desk).findLast((event) => bodyOf(event).startsWith(`Hold ${hold} · release asked`)),
      PATIENCE_MS,
    );
    await killedAfter(ms, () => omar.react(desk, card.getId() ?? '', '✅'));
    await comes('hold.released', n + 1);
  }
  expect(await ask('!c hold list')).toContain('released');
  await told('!c retention run', 'certificate');
  expect(await isThere(PROMISE)).toBe(false);
  expect(await staffed.house.command('verify')).toContain('✓ Record unbroken');
}, 300_000);
