/**
 * `npm run bench`: one line for each figure of docs/performance.md. Ratios are taken in one process, A and B in turns, so
 * that a busy machine disturbs both alike. `--only <name>` runs one; `--entries <n>` says how many the memory bench records.
 */
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { acknowledge } from './acknowledge.ts';
import { bridged } from './bridged.ts';
import { ingest } from './ingest.ts';
import { written, type Bench } from './line.ts';
import { memory } from './memory.ts';
import { search } from './search.ts';
import { stall } from './stall.ts';
import { verify } from './verify.ts';

const benches: readonly Bench[] = [ingest, acknowledge, verify, search, stall, memory, bridged];
const MEMORY_ENTRIES = 40_000;

const { values } = parseArgs({ options: { only: { type: 'string' }, entries: { type: 'string' } } });
const entries = Number(values.entries ?? MEMORY_ENTRIES);
const chosen = benches.filter((bench) => values.only === undefined || bench.name === values.only);
if (chosen.length === 0 || !Number.isSafeInteger(entries)) {
  const names = benches.map((bench) => bench.name).join(', ');
  process.stderr.write(`usage: npm run bench -- [--only <name>] [--entries <number>]; names: ${names}\n`);
  process.exitCode = 2;
} else {
  const cpu = cpus()[0]?.model ?? 'unknown processor';
  process.stdout.write(
    `${new Date().toISOString()}  node ${process.version}  ${availableParallelism()} cores, ${cpu}\n`,
  );
  process.stdout.write(
    `${'figure'.padEnd(34)}  ${'median'.padStart(10)}  ${'min–max'.padEnd(16)}  ${'target'.padEnd(10)}  measured\n`,
  );
  for (const bench of chosen) {
    for (const found of await bench.run({ entries })) process.stdout.write(`${written(found)}\n`);
  }
}
