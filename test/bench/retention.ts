/**
 * A month let go of a record of a year: how long it takes, and what messages feel of it. The run is stopped and goes on
 * in turns, so that the same messages come with it and without it on the same ground.
 */
import { systemClock, wait } from '../../src/core/clock.ts';
import { inTurns, percentile, timed } from './figures.ts';
import { conversations, ROUND } from './families.ts';
import { allParts, ground } from './ground.ts';
import { line, type Bench, type Line } from './line.ts';
import { openWriter, type WriterParts } from '../../src/journal/open-writer.ts';
import { linksProjection } from '../../src/retention/families/link-store.ts';
import { RetentionGround } from './retention-ground.ts';
import { say } from './say.ts';
import { messageDraft, openedDraft } from './traffic.ts';
import { yearRecord } from './year-record.ts';

const WINDOW_MS = 6_000;
/** After the run was stopped or goes on: what was begun ends. */
const SETTLE_MS = 2_500;
const PAUSE_MS = 8;
/** Until the caches are full: messages alone take 236 MB more than at the start. */
const WARM_MS = 30_000;
const SAMPLE_MS = 100;
/** Windows of each sort; then it runs to its end. */
const PAIRS = 8;
const LINK_ROUNDS = 16;
const LINK_BATCHES = 5;
const LINK_CONTACTS = 50;

export const retention: Bench = {
  name: 'retention',
  run: async ({ records }) => {
    await using place = await ground();
    const record = await yearRecord(records, place);
    await using house = await RetentionGround.open(record);
    await house.messages(WARM_MS, 0);
    using memory = new Memory();
    const preview = await house.preview();
    say(`retention: previewed in ${(preview / 1_000).toFixed(1)} s`);
    await house.arm();
    const { pairs, ms } = await letGo(house);
    const gone = await house.gone();
    const most = memory.overMb;
    const idle: number[] = [];
    for (let n = 0; n < 3; n += 1) idle.push((await house.wholeRun()) / 1_000);
    const ratio = (of: number): readonly number[] => pairs.map(({ a, b }) => percentile(b, of) / percentile(a, of));
    const [without, during] = [pairs.flatMap(({ a }) => a), pairs.flatMap(({ b }) => b)];
    const at = (of: number): string =>
      `${percentile(during, of).toFixed(1)} ms against ${percentile(without, of).toFixed(1)} ms`;
    return [
      line('retention, a month let go', [ms / 1_000], {
        ...{ unit: 's', target: '<= 1200' },
        what: `${String(gone)} of ${String(records)} records, ${(gone / (ms / 1_000)).toFixed(0)} a second, messages coming all the time`,
      }),
      line('message acknowledged, p50', ratio(0.5), { unit: 'x', what: `while it runs; against without: ${at(0.5)}` }),
      line('message acknowledged, p99', ratio(0.99), {
        ...{ unit: 'x', target: '<= 2' },
        what: `while it runs; against without, windows of ${String(WINDOW_MS / 1_000)} s in turns: ${at(0.99)}`,
      }),
      line('memory while it runs', [most], {
        unit: 'MB',
        target: '<= 200',
        what: 'most resident, over what messages alone take',
      }),
      line('preview', [preview / 1_000], { unit: 's', what: `the first: all ${String(records)} records` }),
      line('run in which nothing is due', idle, { unit: 's', target: '<= 30', what: 'the night after' }),
      await links(),
    ];
  },
};

interface LetGo {
  /** Acknowledgements without it (a) and while it runs (b). */
  readonly pairs: readonly { readonly a: readonly number[]; readonly b: readonly number[] }[];
  /** That it took, in windows in which it ran. */
  readonly ms: number;
}

/** In turns with nothing for `PAIRS` windows, then to its end; messages come all the time. */
async function letGo(house: RetentionGround): Promise<LetGo> {
  const pairs: { a: readonly number[]; b: readonly number[] }[] = [];
  let ms = 0;
  for (let begun = false; ; begun = true) {
    await wait(systemClock, SETTLE_MS);
    const a = pairs.length < PAIRS ? await house.messages(WINDOW_MS, PAUSE_MS) : [];
    if (begun) house.goOn();
    else await house.begin();
    const since = performance.now();
    await wait(systemClock, SETTLE_MS);
    const b = await house.messages(WINDOW_MS, PAUSE_MS);
    while (pairs.length >= PAIRS && !(await house.isOver())) {
      await house.messages(10 * WINDOW_MS, PAUSE_MS);
      say(
        `retention: ${((ms + performance.now() - since) / 1_000).toFixed(0)} s of it, ${await house.erased()} erased`,
      );
    }
    const over = await house.isOver();
    if (!over) await house.pause();
    ms += performance.now() - since;
    // The last window may have been without it for the most part.
    if (over) return { pairs, ms };
    pairs.push({ a, b });
    const [p, q] = [percentile(a, 0.99), percentile(b, 0.99)];
    say(`retention: ${(ms / 1_000).toFixed(0)} s of it, p99 ${q.toFixed(1)} over ${p.toFixed(1)} ms`);
  }
}

class Memory implements Disposable {
  readonly #before = process.memoryUsage.rss();
  readonly #timer: NodeJS.Timeout;
  #most = 0;

  constructor() {
    this.#timer = setInterval(() => {
      this.#most = Math.max(this.#most, process.memoryUsage.rss());
    }, SAMPLE_MS);
  }

  get overMb(): number {
    return (this.#most - this.#before) / 1e6;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** What knowing families costs whoever appends: two writers, the same drafts. */
async function links(): Promise<Line> {
  await using known = await appending(allParts);
  await using unknown = await appending(withoutLinks);
  const measured = (await inTurns(LINK_ROUNDS, unknown.round, known.round)).slice(2);
  return line(
    'append, families known',
    measured.map(({ a, b }) => b / a),
    { unit: 'x', what: 'all projections, texts with all that follows; against the same without `retention-links`' },
  );
}

const withoutLinks: WriterParts = {
  ...allParts,
  parts: allParts.parts.map((part) => ({
    ...part,
    projections: part.projections.filter(({ name }) => name !== linksProjection.name),
  })),
};

async function appending(parts: WriterParts) {
  const place = await ground();
  const writer = await openWriter(place.place, parts, { clock: systemClock, committed: () => undefined });
  let size = 0;
  for (; size < 2 * LINK_CONTACTS; size += 2) {
    const [first] = await writer.core.append([messageDraft(size / 2)]);
    if (first !== undefined) await writer.core.append([openedDraft(size / 2, first.position)]);
  }
  return {
    round: () => {
      const batches = Array.from({ length: LINK_BATCHES }, () => {
        const drafts = conversations(ROUND, size + 1, LINK_CONTACTS);
        size += drafts.length;
        return drafts;
      });
      return timed(async () => {
        for (const batch of batches) await writer.core.append(batch);
      });
    },
    [Symbol.asyncDispose]: async () => {
      await writer[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
    },
  };
}
