/**
 * SIGKILL of the real Gatehouse amid the traffic of Telegram, WhatsApp, Twilio, an Android phone and Signal: words,
 * pictures, edits, deletions and receipts both ways, a real Synapse, and providers that repeat what was not answered as
 * each of them does. `ROUNDS=50 SEED=7` in the environment plays more of it, or the same again; so does
 * `npm run crash -- --only networks --rounds 50 --seed 7`.
 */
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { problems } from '../judge/judge.ts';
import { until } from '../faults/scenario.ts';
import { openNetworkRun, type NetworkRun } from './house.ts';
import { totalsOf } from './judge.ts';
import { killAmidNetworks, settled } from './run.ts';
import type { Act } from './traffic.ts';

const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const SEED = Number(process.env['SEED'] ?? randomInt(2 ** 31));

let dir: string;
let run: NetworkRun;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-networks-'));
  run = await openNetworkRun({ dir, seed: SEED, customers: 1 });
}, 300_000);

afterAll(async () => {
  await run[Symbol.asyncDispose]();
  await rm(dir, { recursive: true });
}, 60_000);

function allActs(): readonly Act[] {
  return [...run.traffic.acts.values()].flat();
}

/** What only a list has by now. */
function called(): readonly Act[] {
  const { customers, acts } = run.traffic;
  const listed = customers.filter(({ player }) => player.callsOnce === true || player.givesUp !== undefined);
  return listed.flatMap((customer) => acts.get(customer) ?? []);
}

test(
  'what a provider was told is taken is on record at that moment, and nothing is lost, reordered or repeated',
  async () => {
    const say = (line: string): void => {
      process.stderr.write(`networks, seed ${String(SEED)}: ${line}\n`);
    };
    const rates = { acts: 4, answers: 4, changes: 3 };
    const { early, verdict } = await killAmidNetworks(run, { kills: ROUNDS, rates, look: () => true, say });
    say(totalsOf(verdict));
    expect({ early, problems: problems(verdict) }).toEqual({ early: [], problems: [] });
    expect(verdict.kills).toBe(ROUNDS);
    expect(verdict.texted).toBeGreaterThan(ROUNDS * 5);
    expect(verdict.said).toBeGreaterThan(ROUNDS * 3);
  },
  ROUNDS * 60_000 + 400_000,
);

test('what came while Gatehouse was down, for longer than a provider repeats it, is on record and shown after the start', async () => {
  const { traffic, killer, players } = run;
  await killer.kill('for long');
  const earlier = new Set(allActs());
  for (const customer of traffic.customers) {
    traffic.writes(customer);
    traffic.sendsPicture(customer);
    traffic.edits(customer);
  }
  const came = allActs().filter((act) => !earlier.has(act));
  for (const player of players.values()) player.givesUp?.();
  // Twilio has called, once, and the phone has given up: what they have is in their lists alone.
  await until('the providers to have tried', () => called().every((act) => act.done));
  expect(came.filter(({ acknowledged }) => acknowledged)).toEqual([]);
  await killer.start();
  expect(problems(await settled(run))).toEqual([]);
  expect(came.length).toBeGreaterThanOrEqual(3 * traffic.customers.length);
}, 400_000);

test('what is left on record after all this is whole', async () => {
  expect(await run.house.command('verify')).toMatch(/unbroken/u);
}, 60_000);
