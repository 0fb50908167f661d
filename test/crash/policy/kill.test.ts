/**
 * Card numbers on their way to a customer, real Synapse and carrier, and Gatehouse killed at random moments: while it
 * judges, while it tells, while an officer decides. Judged by the carrier's own log. `ROUNDS=50 SEED=7` in the environment
 * plays more of it, or the same again.
 */
import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bodyOf, chatWith, HOUSE_START_MS, marked, roomNamed, staffedHouse } from '../../support/staffed-house.ts';
import type { StaffedHouse } from '../../support/staffed-house.ts';
import type { StaffClient } from '../../support/staff-client.ts';
import { SeededRandom } from '../seeded-random.ts';

const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
const SEED = Number(process.env['SEED'] ?? randomInt(2 ** 31));
const ANN = '+12025550199';
const LINE = '+12025550100';
const CARD = '4111 1111 1111 1111';
const wishes = ['approve', 'reject', 'withdraw', 'approve and withdraw', 'nothing'] as const;
const A_ROUND = 3;
const PATIENCE_MS = 45_000;

interface Stopped {
  readonly text: string;
  readonly event: string;
  readonly wish: (typeof wishes)[number];
}

let staffed: StaffedHouse;
let alice: StaffClient;
let olivia: StaffClient;
let chat: string;
let desk: string;
const random = new SeededRandom(SEED);
const stopped: Stopped[] = [];

beforeAll(async () => {
  process.stderr.write(`crash of the policy, seed ${String(SEED)}, ${String(ROUNDS)} rounds\n`);
  staffed = await staffedHouse({ starterRules: true });
  [alice, olivia] = [await staffed.person('alice'), await staffed.person('olivia')];
  desk = await roomNamed(olivia, 'Compliance');
  staffed.house.carrier.text({ from: ANN, to: LINE, text: 'Can I pay by card?' });
  chat = await chatWith(alice, '0199');
}, HOUSE_START_MS);

afterAll(async () => {
  await staffed[Symbol.asyncDispose]();
}, 60_000);

test(
  'what was rejected, withdrawn or never decided does not go out, and what was approved goes out once',
  async () => {
    for (let round = 1; round <= ROUNDS; round += 1) await play(round);
    const last = await alice.sendText(chat, 'That was all');
    await marked(alice, { room: chat, event: last }, '✓✓', PATIENCE_MS);
    for (const { text, wish } of stopped) {
      if (wish === 'approve') await staffed.house.carrier.until(`“${text}”`, (line) => line.text === text, PATIENCE_MS);
    }
    const taken = await staffed.house.carrier.taken();
    const times = stopped.map(({ text, wish }) => ({
      text,
      wish,
      times: taken.filter((one) => one.text === text).length,
    }));
    expect(times.filter((one) => !isRight(one))).toEqual([]);
    expect(await staffed.house.command('verify')).toMatch(/unbroken/u);
  },
  ROUNDS * 120_000,
);

/** What was approved and deleted at the same time may go either way, but not twice. */
function isRight({ wish, times }: { readonly wish: Stopped['wish']; readonly times: number }): boolean {
  if (wish === 'approve and withdraw') return times <= 1;
  return times === (wish === 'approve' ? 1 : 0);
}

async function play(round: number): Promise<void> {
  const mine: Stopped[] = [];
  for (let n = 1; n <= A_ROUND; n += 1) {
    const text = `Please use ${CARD} for ${wordFor(round)} ${wordFor(n)}`;
    mine.push({ text, event: await alice.sendText(chat, text), wish: random.oneOf(wishes) });
  }
  stopped.push(...mine);
  await killAfter(random.between(0, 2_000));
  for (const one of mine) await decide(one);
  await killAfter(random.between(0, 1_000));
}

/** Letters alone: digits beside the number would be a part of it. */
function wordFor(n: number): string {
  return n
    .toString(26)
    .replaceAll(/./gu, (digit) => String.fromCharCode('a'.charCodeAt(0) + Number.parseInt(digit, 26)))
    .padStart(4, 'x');
}

async function killAfter(ms: number): Promise<void> {
  const { gatehouse } = staffed.house;
  await pause(ms);
  await gatehouse.stop('SIGKILL');
  await gatehouse.start();
}

async function decide({ text, event, wish }: Stopped): Promise<void> {
  const words = text.slice(text.indexOf('for '));
  const card = await olivia.until(
    `the card of “${words}”`,
    () => olivia.timeline(desk).find((one) => bodyOf(one).includes(words) && bodyOf(one).includes('✅')),
    PATIENCE_MS,
  );
  const tap = async (key: string): Promise<void> => {
    await olivia.react(desk, card.getId() ?? '', key);
  };
  const withdraw = async (): Promise<void> => {
    await alice.redact(chat, event);
  };
  if (wish === 'approve') await tap('✅');
  if (wish === 'reject') await tap('❌');
  if (wish === 'withdraw') await withdraw();
  if (wish === 'approve and withdraw') await Promise.all([tap('✅'), withdraw()]);
}
