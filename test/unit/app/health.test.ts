import { describe, expect, test } from '@jest/globals';
import { createHealth, HealthWatch } from '../../../src/app/health.ts';
import type { HealthReport } from '../../../src/core/ports/health.ts';
import { JournalDown } from '../../../src/core/ports/recorder.ts';
import { healthAnswer } from '../../../src/bot/compliance/health.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const MB = 1024 * 1024;
const FULL = 'the disk that holds the database is full: free some space, then it goes on by itself';

async function healthOf({ freeBytes, down, freed, advice }: Given): Promise<HealthReport> {
  const watch = new HealthWatch(new ManualClock());
  for (const service of ['bridge', 'archive'] as const) watch.pinged(service, { ok: true, value: { ms: 3 } });
  const health = createHealth({
    config: { anchors: [] },
    journal: {
      size: () => Promise.resolve(7),
      stale: () => Promise.resolve([]),
      down: () => down,
      append: () => (freed === true ? Promise.resolve([]) : Promise.reject(new JournalDown(FULL))),
    },
    runner: {
      gates: () => [],
      summary: () => Promise.resolve({ ready: 0, waiting: 0, dead: 0, oldestReadyMs: 0 }),
    },
    connectors: { states: () => ({}) },
    files: { readText: () => Promise.resolve(undefined) },
    watch,
    advice: () => advice ?? [],
    watched: () => Promise.resolve(freeBytes === undefined ? {} : { disk: { freeBytes, totalBytes: 10_000 * MB } }),
  });
  return health();
}
interface Given {
  readonly freeBytes?: number;
  /** Why the journal refused the last append. */
  readonly down?: string;
  /** It would take the next one. */
  readonly freed?: boolean;
  /** What a person should know all the same. */
  readonly advice?: readonly string[];
}
const deskText = (report: HealthReport): string => healthAnswer(report, String).text;

describe('health and the homeserver', () => {
  test('says once that it does not answer, however many ask it', () => {
    const watch = new HealthWatch(new ManualClock());
    for (const service of ['bridge', 'archive'] as const) {
      watch.pinged(service, { ok: false, error: { kind: 'down', detail: 'ECONNREFUSED' } });
    }
    expect(watch.words()).toEqual(["The homeserver doesn't answer."]);
    watch.pinged('bridge', { ok: true, value: { ms: 3 } });
    expect(watch.words()).toEqual(["The homeserver doesn't answer."]);
    watch.pinged('archive', { ok: true, value: { ms: 3 } });
    expect(watch.words()).toEqual([]);
  });
});

describe('health and the disk', () => {
  test('with plenty of room nothing is said', async () => {
    const report = await healthOf({ freeBytes: 5_000 * MB });
    expect(report).toMatchObject({ ok: true, database: 'ok', warnings: [] });
    expect(deskText(report)).toMatch(/^All well ✓/u);
  });

  test.each([
    ['little', 900, 'Little room: 900 MB free'],
    ['almost none', 199, 'Almost no room: 199 MB free'],
    ['none as far as the system says', 0, 'No room left'],
  ])('%s is a warning, in words, while the journal is written all the same', async (_, free, words) => {
    const report = await healthOf({ freeBytes: free * MB });
    expect(report).toMatchObject({ ok: true, database: 'ok', warnings: [expect.stringContaining(words)] });
    expect(deskText(report)).toContain(`! ${words}`);
  });

  test('what a person should know all the same is a warning, and the house is ready', async () => {
    const report = await healthOf({ freeBytes: 5_000 * MB, advice: ['Synapse deletes by age itself'] });
    expect(report).toMatchObject({ ok: true, warnings: ['Synapse deletes by age itself'] });
    expect(deskText(report)).toContain('! Synapse deletes by age itself');
  });

  test('a journal that was refused is not ready, and says why before all else', async () => {
    const report = await healthOf({ freeBytes: 0, down: FULL });
    expect(report).toMatchObject({ ok: false, database: 'down' });
    expect(report.warnings[0]).toBe(`Nothing can be put on record, so nothing moves: ${FULL}.`);
    expect(deskText(report)).toMatch(/^Something is wrong ✗/u);
  });

  test('when there is room again it is ready by being asked, without a message', async () => {
    expect(await healthOf({ freeBytes: 5_000 * MB, down: FULL, freed: true })).toMatchObject({
      ok: true,
      database: 'ok',
    });
  });

  test('a disk that can not be looked at says nothing of itself', async () => {
    expect(await healthOf({})).toMatchObject({ ok: true, warnings: [] });
  });
});
