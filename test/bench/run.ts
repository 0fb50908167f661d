/**
 * `npm run bench`: one line for each figure of docs/performance.md. Ratios are taken in one process, A and B in turns, so
 * that a busy machine disturbs both alike. `--only <name>` runs one; `--entries <n>` says how many the memory bench records,
 * `--megabytes <n>` how large the record is that the start bench opens, `--events <n>` how many an outage keeps,
 * `--records <n>` how many stand on the record of a year of which retention lets a month go.
 */
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { acknowledge } from './acknowledge.ts';
import { antispam } from './antispam.ts';
import { bridged } from './bridged.ts';
import { ingest } from './ingest.ts';
import { WANTED_WIDTH, written, type Bench, type BenchOptions } from './line.ts';
import { memory } from './memory.ts';
import { outage } from './outage.ts';
import { policy } from './policy.ts';
import { retention } from './retention.ts';
import { search } from './search.ts';
import { stall } from './stall.ts';
import { start } from './start.ts';
import { verify } from './verify.ts';

const benches: readonly Bench[] = [
  ingest,
  acknowledge,
  verify,
  search,
  policy,
  antispam,
  stall,
  memory,
  start,
  bridged,
  outage,
  retention,
];
const MEMORY_ENTRIES = 40_000;
const START_MEGABYTES = 1_000;
const OUTAGE_EVENTS = 10_000;
const YEAR_RECORDS = 1_000_000;

const number = { type: 'string' } as const;
const { values } = parseArgs({
  options: { only: { type: 'string' }, entries: number, megabytes: number, events: number, records: number },
});
const options: BenchOptions = {
  entries: Number(values.entries ?? MEMORY_ENTRIES),
  bytes: Number(values.megabytes ?? START_MEGABYTES) * 1_000_000,
  events: Number(values.events ?? OUTAGE_EVENTS),
  records: Number(values.records ?? YEAR_RECORDS),
};
const chosen = benches.filter((bench) => values.only === undefined || bench.name === values.only);
if (chosen.length === 0 || !Object.values(options).every(Number.isSafeInteger)) {
  const names = benches.map((bench) => bench.name).join(', ');
  process.stderr.write(
    `usage: npm run bench -- [--only <name>] [--entries <n>] [--megabytes <n>] [--events <n>] [--records <n>]; names: ${names}\n`,
  );
  process.exitCode = 2;
} else {
  const cpu = cpus()[0]?.model ?? 'unknown processor';
  process.stdout.write(
    `${new Date().toISOString()}  node ${process.version}  ${availableParallelism()} cores, ${cpu}\n`,
  );
  process.stdout.write(
    `${'figure'.padEnd(34)}  ${'median'.padStart(10)}  ${'min–max'.padEnd(16)}  ${'target'.padEnd(WANTED_WIDTH)}  measured\n`,
  );
  for (const bench of chosen) {
    for (const found of await bench.run(options)) process.stdout.write(`${written(found)}\n`);
  }
}
