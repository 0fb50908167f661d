/** The machine is lost and comes back from a backup, or is put back behind our backs: nothing is twice, and all is told. */
import { cp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { bodyOf, chatWith, HOUSE_START_MS, marked } from '../../support/staffed-house.ts';
import { staffedHouse, type StaffedHouse } from '../../support/staffed-house.ts';
import type { StaffClient } from '../../support/staff-client.ts';

const ANN = '+12025550199';
const LINE = '+12025550100';
const TEST_MS = 300_000;

let staffed: StaffedHouse;
let alice: StaffClient;
let chat: string;

beforeAll(async () => {
  staffed = await staffedHouse();
  alice = await staffed.person('alice');
  text('Hi');
  chat = await chatWith(alice, '0199');
  await alice.message(chat, 'Hi');
}, HOUSE_START_MS);

afterAll(async () => {
  await staffed[Symbol.asyncDispose]();
}, 60_000);

function text(words: string): void {
  staffed.house.carrier.text({ from: ANN, to: LINE, text: words });
}

async function sent(words: string): Promise<number> {
  return (await staffed.house.carrier.taken()).filter((line) => line.text === words).length;
}

function shown(words: string): number {
  return alice.timeline(chat).filter((event) => bodyOf(event) === words).length;
}

function data(name = 'data'): string {
  return path.join(staffed.house.dir, name);
}

const line = z.object({ kind: z.string(), text: z.string().nullable() });

async function onRecord(words: string): Promise<readonly string[]> {
  const said = await staffed.house.command('search', '--json', words);
  return said
    .split('\n')
    .filter((one) => one.startsWith('{'))
    .flatMap((one) => line.safeParse(JSON.parse(one)).data ?? [])
    .map((one) => one.kind);
}

/** Asks until it is there: gap repair runs beside everything else. */
async function comesOnRecord(words: string): Promise<readonly string[]> {
  const give = performance.now() + 120_000;
  for (;;) {
    const found = await onRecord(words);
    if (found.length > 0) return found;
    if (performance.now() > give) throw new Error(`“${words}” does not come on record`);
  }
}

async function stats(): Promise<{ readonly size: number; readonly epoch: number }> {
  const said = await staffed.house.command('journal', 'stats', '--json');
  return z.object({ size: z.number(), epoch: z.number() }).parse(JSON.parse(said.trim().split('\n').at(-1) ?? ''));
}

test(
  'after a disaster the backup is gone on from, and what the homeserver has since comes on record',
  async () => {
    const { house } = staffed;
    await marked(alice, { room: chat, event: await alice.sendText(chat, 'before the backup') }, '✓✓');
    expect(await house.command('backup', 'backup')).toContain('✓ Backed up');
    text('after the backup');
    await alice.message(chat, 'after the backup');
    const lost = await alice.sendText(chat, 'sent and lost');
    await marked(alice, { room: chat, event: lost }, '✓✓');

    await house.gatehouse.stop('SIGKILL');
    await rm(data(), { recursive: true });
    const restored = await house.command('restore', 'backup');
    expect(restored).toContain('the record goes on in epoch 2');
    await house.gatehouse.start();

    expect(await comesOnRecord('"sent and lost"')).toEqual(['matrix.event']);
    expect(await comesOnRecord('"after the backup"')).toEqual(['matrix.event']);
    text('a new text');
    await alice.message(chat, 'a new text');
    await marked(alice, { room: chat, event: await alice.sendText(chat, 'a new answer') }, '✓✓');
    for (const words of ['before the backup', 'sent and lost', 'a new answer']) expect(await sent(words)).toBe(1);
    for (const words of ['Hi', 'after the backup', 'a new text']) expect(shown(words)).toBe(1);
    // Its mark of before says what became of it.
    await marked(alice, { room: chat, event: lost }, '✓✓');
    expect(alice.timeline(chat).filter((event) => bodyOf(event).includes('Maybe sent'))).toEqual([]);
    expect(await house.command('verify')).toContain('✓ Record unbroken');
    expect((await stats()).epoch).toBe(2);
  },
  TEST_MS,
);

test(
  'a machine that was put back is refused by what the homeserver remembers; going on takes two steps',
  async () => {
    const { house } = staffed;
    await house.gatehouse.stop();
    await cp(data(), data('old'), { recursive: true });
    await house.gatehouse.start();
    text('forgotten');
    await alice.message(chat, 'forgotten');
    await marked(alice, { room: chat, event: await alice.sendText(chat, 'also forgotten') }, '✓✓');
    await house.gatehouse.stop();
    await rename(data(), data('newer'));
    await rename(data('old'), data());

    await expect(house.gatehouse.start()).rejects.toThrow('put back to an earlier state');
    await expect(house.command('restore', '--here')).rejects.toThrow('gives up records');
    await expect(house.gatehouse.start()).rejects.toThrow('put back to an earlier state');
    const records = /--confirm (\d+)/u.exec(await house.command('restore', '--here').catch(String))?.[1] ?? '';
    expect(await house.command('restore', '--here', '--confirm', records)).toContain('in epoch 3');
    await house.gatehouse.start();

    expect(await comesOnRecord('"also forgotten"')).toEqual(['matrix.event']);
    text('remembered');
    await alice.message(chat, 'remembered');
    await marked(alice, { room: chat, event: await alice.sendText(chat, 'an answer to it') }, '✓✓');
    for (const words of ['also forgotten', 'an answer to it']) expect(await sent(words)).toBe(1);
    for (const words of ['forgotten', 'remembered']) expect(shown(words)).toBe(1);
    expect(await house.command('verify')).toContain('were published and are lost');
  },
  TEST_MS,
);
