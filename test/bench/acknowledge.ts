/** How long Synapse waits for the 200 of a transaction of 100 events, beside what can't be saved: one fsync and one parse. */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/core/clock.ts';
import { must, parseClassId } from '../../src/core/ids.ts';
import { openJournal } from '../../src/journal/open-journal.ts';
import { startFront } from '../../src/matrix/front.ts';
import { percentile, timed, timedNow } from './figures.ts';
import { ground } from './ground.ts';
import { line, type Bench } from './line.ts';
import { KeptLog, KeptMetrics } from '../support/quiet.ts';
import { WRITER } from './writer-thread.ts';
import { DOMAIN, mixed } from './traffic.ts';

const EVENTS = 100;
const ROUNDS = 5;
const TRANSACTIONS = 40;
const TOKEN = 'only-in-the-bench';
/** A commit of such a transaction writes about as much to the log. */
const WRITTEN_BYTES = 256 * 1024;

function transaction(): string {
  const events = mixed(EVENTS * 2)
    .flatMap((draft) => (draft.kind === 'matrix.event' && draft.raw !== undefined ? [draft.raw] : []))
    .slice(0, EVENTS)
    .map((raw) => Buffer.from(raw).toString('utf8'));
  return `{"events":[${events.join(',')}]}`;
}

export const acknowledge: Bench = {
  name: 'acknowledge',
  run: async () => {
    await using place = await ground();
    await using journal = await openJournal({
      ...place.place,
      writer: { in: 'thread', url: WRITER, data: { domain: DOMAIN } },
    });
    const front = await startFront({
      ...{ service: 'archive', listen: { host: '127.0.0.1', port: 0 }, token: TOKEN, recorder: journal },
      ...{ class: must(parseClassId('bench')), clock: systemClock, log: new KeptLog(), metrics: new KeptMetrics() },
    });
    const file = openSync(join(place.dir, 'fsync'), 'w');
    const url = `http://127.0.0.1:${front.port}/_matrix/app/v1/transactions/`;
    const ratios: number[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const ratio = await oneRound(file, url, round);
      // The first warms up.
      if (round > 0) ratios.push(ratio);
    }
    closeSync(file);
    await front.stop();
    const what = `PUT of ${EVENTS} events until 200, p99; against p99 of write+fdatasync (256 KiB) + JSON.parse of the body`;
    return [line('transaction acknowledged, p99', ratios, { unit: 'x', target: '<= 2', what })];
  },
};

/** An fsync and a transaction in turns. */
async function oneRound(file: number, url: string, round: number): Promise<number> {
  const [syncs, parses, answers]: [number[], number[], number[]] = [[], [], []];
  for (let i = 0; i < TRANSACTIONS; i += 1) {
    const body = transaction();
    syncs.push(
      timedNow(() => {
        sync(file);
      }),
    );
    parses.push(
      timedNow(() => {
        JSON.parse(body);
      }),
    );
    answers.push(await timed(() => put(`${url}${round}-${i}`, body)));
  }
  return percentile(answers, 0.99) / (percentile(syncs, 0.99) + percentile(parses, 0.5));
}

function sync(file: number): void {
  writeSync(file, Buffer.alloc(WRITTEN_BYTES, 1), 0, WRITTEN_BYTES, 0);
  fdatasyncSync(file);
}

async function put(url: string, body: string): Promise<void> {
  const answer = await fetch(url, { method: 'PUT', headers: { authorization: `Bearer ${TOKEN}` }, body });
  await answer.text();
  if (answer.status !== 200) throw new Error(`the transaction was answered with ${answer.status}`);
}
