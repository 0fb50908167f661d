/**
 * Start-up of the whole program after kill -9, with a large record and with a small one: from the start of the process
 * until `/readyz` answers 200. The homeserver, the carrier and what customers write are real; it dies in mid-traffic.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { z } from 'zod';
import { LINE_NUMBER, type House } from '../../src/demo/house.ts';
import { spread, timed } from './figures.ts';
import { inHouse } from './house-ground.ts';
import { putLargeRecord } from './large-record.ts';
import { line, type Bench } from './line.ts';
import { say } from './say.ts';
import { until } from './until.ts';

const ROUNDS = 5;
const CUSTOMERS = 6;
/** Texts that are on their way when it dies; it is killed as soon as the first of them are on record. */
const TEXTS = 60;
const ON_RECORD = 20;
const START_WITHIN_MS = 120_000;

export const start: Bench = {
  name: 'start',
  run: ({ bytes }) =>
    inHouse(async (house) => {
      const small = await lives(house);
      await house.gatehouse.stop();
      say('start: a large record takes the place of the small one');
      await putLargeRecord(house.dir, bytes);
      await house.gatehouse.start(START_WITHIN_MS);
      const large = await lives(house);
      const size = `${(statSync(fileOf(house)).size / 1e9).toFixed(2)} GB, ${positionIn(house)} entries`;
      const ratio = spread(large).median / spread(small).median;
      return [
        line('ready after kill -9', large, {
          ...{ unit: 'ms', target: '<= 5000' },
          what: `${size}, killed in mid-traffic: from the start of the process until /readyz answers 200`,
        }),
        line('ready after kill -9, small record', small, { unit: 'ms', what: 'the same house before that' }),
        line('ready, large over small record', [ratio], { unit: 'x', what: 'of the two medians' }),
      ];
    }),
};

/** Milliseconds until it was ready, of several lives; the first warms up. */
async function lives(house: House): Promise<readonly number[]> {
  const times: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const before = positionIn(house);
    for (let n = 0; n < TEXTS; n += 1) {
      const from = `+1202556${String(2_000 + (n % CUSTOMERS))}`;
      house.carrier.text({ from, to: LINE_NUMBER, text: `round ${round}, text ${n}` });
    }
    await until('traffic', () => positionIn(house) >= before + ON_RECORD, START_WITHIN_MS);
    await house.gatehouse.stop('SIGKILL');
    const ms = await timed(() => house.gatehouse.start(START_WITHIN_MS));
    if (round > 0) times.push(ms);
  }
  return times;
}

function fileOf({ dir }: House): string {
  return join(dir, 'data', 'gatehouse.db');
}

function positionIn(house: House): number {
  const db = new Sqlite(fileOf(house), { readonly: true });
  try {
    return z.object({ position: z.number() }).parse(db.prepare('select position from journal_head').get()).position;
  } finally {
    db.close();
  }
}
