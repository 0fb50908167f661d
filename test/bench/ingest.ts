/** What recording costs beside a plain insert of the same JSON, with the same PRAGMAs and the same batch. */
import { join } from 'node:path';
import type { Draft } from '../../src/core/entry.ts';
import { inTurns, timed, timedNow } from './figures.ts';
import { allParts, ground, noParts, RawTable, writerOn, type RawForm } from './ground.ts';
import { line, type Bench, type Line } from './line.ts';
import { internal, mixed } from './traffic.ts';

const BATCH = 100;
const BATCHES = 15;
const ROUNDS = 8;

interface Case {
  readonly name: string;
  readonly parts: typeof noParts;
  readonly make: (count: number) => readonly Draft[];
  readonly said: string;
}

const cases: readonly Case[] = [
  { name: 'ingest', parts: noParts, make: internal, said: 'journal alone, internal rooms' },
  { name: 'ingest, all projections', parts: allParts, make: mixed, said: "bridge's and bots' projections and tasks" },
];
const target: Readonly<Record<RawForm, string>> = { indexed: '>= 0.40', plain: '>= 0.40' };
const table: Readonly<Record<RawForm, string>> = {
  indexed: 'an insert of the JSON with 11 columns, 3 indexes, unique id',
  plain: 'an insert of (id, JSON), unique id',
};

async function measure(given: Case, form: RawForm): Promise<Line> {
  await using place = await ground();
  await using writer = await writerOn(place.place, given.parts);
  const raw = new RawTable(join(place.dir, 'raw.db'), form);
  const rounds = Array.from({ length: ROUNDS }, () => batches(given.make(BATCH * BATCHES)));
  const insert = (round: number) =>
    Promise.resolve(
      timedNow(() => {
        for (const batch of rounds[round] ?? []) raw.insert(batch);
      }),
    );
  const append = (round: number) =>
    timed(async () => {
      for (const batch of rounds[round] ?? []) await writer.core.append(batch);
    });
  // The first rounds warm up both.
  const measured = (await inTurns(ROUNDS, insert, append)).slice(2);
  raw.close();
  return line(
    `${given.name} / ${form} insert`,
    measured.map(({ a, b }) => a / b),
    { unit: 'x', target: target[form], what: `${given.said}; against ${table[form]}; batch ${BATCH}` },
  );
}

function batches(drafts: readonly Draft[]): readonly (readonly Draft[])[] {
  return Array.from({ length: BATCHES }, (_, i) => drafts.slice(i * BATCH, (i + 1) * BATCH));
}

export const ingest: Bench = {
  name: 'ingest',
  run: async () => {
    const lines: Line[] = [];
    for (const given of cases) for (const form of ['indexed', 'plain'] as const) lines.push(await measure(given, form));
    return lines;
  },
};
