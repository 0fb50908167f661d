/** Run where a small file system of its own is mounted as the data folder: fills it amid traffic, and tells what happened. */
import { readFileSync, rmSync, writeFileSync, appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { openCrashRun, type CrashRun } from './drive.ts';
import { problems, totals } from './judge/judge.ts';

const [dir = ''] = process.argv.slice(2);
const filler = join(dir, 'data', 'filler');
const WITHIN_MS = 60_000;

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const give = performance.now() + WITHIN_MS;
  while (!(await holds())) {
    if (performance.now() > give) throw new Error(`waited in vain for ${what}`);
    await pause(100);
  }
}

function fill(): void {
  writeFileSync(filler, '');
  for (const size of [1_000_000, 50_000, 4_096, 512]) {
    try {
      for (;;) appendFileSync(filler, Buffer.alloc(size));
    } catch {
      // No room for as much any more.
    }
  }
}

const registration = z.object({ url: z.string(), hs_token: z.string() });

const LARGE = 50_000;

/** What Synapse gets for a transaction: five events in a room of no line. */
async function transaction(number: number, size = LARGE): Promise<number> {
  const { url, hs_token: token } = registration.parse(parse(readFileSync(join(dir, 'registration.yaml'), 'utf8')));
  const events = Array.from({ length: 5 }, (_, index) => ({
    type: 'm.room.message',
    event_id: `$filler-${number}-${index}`,
    room_id: '!filler:acme.example',
    sender: '@bob:acme.example',
    origin_server_ts: Date.now(),
    content: { msgtype: 'm.text', body: 'x'.repeat(size) },
  }));
  const answer = await fetch(`${url}/_matrix/app/v1/transactions/filler-${number}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ events }),
  });
  return answer.status;
}

async function readiness(run: CrashRun): Promise<{ status: number; database: string }> {
  const config: unknown = parse(readFileSync(join(dir, run.house.config), 'utf8'));
  const { listen } = z.object({ listen: z.object({ admin: z.string() }) }).parse(config);
  const answer = await fetch(`http://${listen.admin}/readyz`);
  const { database } = z.object({ database: z.string() }).parse(await answer.json());
  return { status: answer.status, database };
}

/** Until there is no room for small ones either: they may fit in where a large one did not. */
async function fillUp(): Promise<number> {
  fill();
  let status = 200;
  let number = 0;
  for (const size of [LARGE, 1_000, 1]) {
    for (let tries = 0; tries === 0 || (status === 200 && tries < 200); tries += 1) {
      number += 1;
      status = await transaction(number, size);
    }
  }
  return status;
}

await using run = await openCrashRun({ dir, seed: 3 });
const { house, traffic } = run;
const [ann = '', bea = ''] = traffic.customers;
await traffic.answer(ann);
await until('the first answer', async () => (await house.carrier.taken()).length === 1);
await run.observer.settled();

const refused = await fillUp();
const before = (await house.carrier.taken()).length;
for (const customer of [ann, bea]) {
  traffic.text(customer);
  await traffic.answer(customer);
  await traffic.answer(customer);
}
const isRefusal = (one: { pdu: string; status?: number | undefined }): boolean =>
  one.pdu === 'deliver_sm_resp' && one.status !== 0;
await until('a refusal at the carrier', async () => (await house.carrier.seen()).filter(isRefusal).length >= 2);
const again = await transaction(1_000);
const whileFull = { sent: (await house.carrier.taken()).length - before, ...(await readiness(run)) };

rmSync(filler);
await until('a ready Gatehouse', async () => (await readiness(run)).status === 200);
const { verdict } = await run.observer.settled();
const verified = await house.command('verify');
const errors = /^Gatehouse logged (journal|task|log|matrix|smpp|front)/u;
process.stdout.write(
  `REPORT ${JSON.stringify({
    refused,
    again,
    whileFull,
    totals: totals(verdict),
    problems: problems(verdict).filter((one) => !errors.test(one)),
    logged: verdict.wrong,
    verified: verified.includes('unbroken'),
    stopped: await house.gatehouse.stop(),
  })}\n`,
);
