/**
 * Customers' texts on their way to Element, through the carrier, Gatehouse and a real Synapse, beside what Synapse does
 * with the same number of bare sends by the same ghosts in the same rooms. Gatehouse records those too, as it records all.
 */
import { inTurns, percentile, timed } from './figures.ts';
import { CUSTOMERS, Ground, inHouse, settle, type Customer } from './house-ground.ts';
import { line, type Bench, type Line } from './line.ts';
import { until } from './until.ts';

const TEXTS_EACH = 12;
const ROUNDS = 4;
const LATENCIES = 12;

async function throughput(ground: Ground): Promise<readonly Line[]> {
  const count = CUSTOMERS * TEXTS_EACH;
  const each = async (send: (customer: Customer) => Promise<void>): Promise<void> => {
    await Promise.all(
      ground.customers.map(async (customer) => {
        for (let i = 0; i < TEXTS_EACH; i += 1) await send(customer);
      }),
    );
  };
  const through = async (): Promise<void> => {
    const before = ground.shown();
    for (const customer of ground.customers) for (let i = 0; i < TEXTS_EACH; i += 1) ground.write(customer);
    await until('every text to be shown', () => ground.shown() >= before + count, 120_000);
  };
  const measured = await inTurns(
    ROUNDS,
    async () => (await timed(() => each((customer) => ground.send(customer)))) + (await settle(ground)) * 0,
    async () => (await timed(through)) + (await settle(ground)) * 0,
  );
  const rate = (ms: number): string => ((count / ms) * 1000).toFixed(0);
  const [bare, ours] = [
    percentile(
      measured.map(({ a }) => a),
      0.5,
    ),
    percentile(
      measured.map(({ b }) => b),
      0.5,
    ),
  ];
  const what = `${rate(ours)}/s from the carrier to Synapse's 200 on record; against ${rate(bare)}/s bare PUT /send, ${CUSTOMERS} at a time`;
  return [
    line(
      'bridged inbound throughput',
      measured.map(({ a, b }) => a / b),
      { unit: 'x', target: '>= 0.90', what },
    ),
  ];
}

async function latency(ground: Ground): Promise<readonly Line[]> {
  const [customer] = ground.customers;
  if (customer === undefined) return [];
  const measured = await inTurns(
    LATENCIES,
    () => timed(() => ground.send(customer)),
    () =>
      timed(async () => {
        const before = ground.shown();
        ground.write(customer);
        await until('the text', () => ground.shown() > before, 30_000);
      }),
  );
  const [bare, ours] = [
    percentile(
      measured.map(({ a }) => a),
      0.5,
    ),
    percentile(
      measured.map(({ b }) => b),
      0.5,
    ),
  ];
  const what = `one text at a time, carrier to Synapse's 200 on record (${ours.toFixed(0)} ms p50) over a bare send (${bare.toFixed(0)} ms p50), less 1`;
  return [
    line(
      'added latency',
      measured.map(({ a, b }) => b / a - 1),
      { unit: 'x', target: '<= 0.10', what },
    ),
  ];
}

async function sizes(ground: Ground): Promise<readonly Line[]> {
  const before = { entries: ground.entries(), bytes: ground.bytes(), shown: ground.shown() };
  for (const customer of ground.customers) for (let i = 0; i < 20; i += 1) ground.write(customer);
  const texts = CUSTOMERS * 20;
  await until('every text', () => ground.shown() >= before.shown + texts, 120_000);
  await settle(ground);
  const entries = (ground.entries() - before.entries) / texts;
  const bytes = (ground.bytes() - before.bytes) / texts;
  return [
    line('entries per message', [entries], {
      unit: '',
      what: `${texts} customers' texts: text, echo by Synapse, outcome`,
    }),
    line('bytes per message', [bytes], { unit: 'B', what: 'growth of gatehouse.db and keys.db over the same texts' }),
  ];
}

export const bridged: Bench = {
  name: 'bridged',
  run: () =>
    inHouse(async (house) => {
      const ground = await Ground.open(house);
      const lines = [...(await throughput(ground)), ...(await latency(ground)), ...(await sizes(ground))];
      ground.close();
      return lines;
    }),
};
