import { describe, expect, test } from '@jest/globals';
import { gaps } from '../../../src/bot/compliance/gaps.ts';
import { PageMemory } from '../../../src/bot/compliance/page-memory.ts';
import type { Comparing } from '../../../src/bot/compliance/desk-context.ts';
import type { EntryOf } from '../../../src/core/entry.ts';
import { must, parseClassId } from '../../../src/core/ids.ts';
import type { GapSummary } from '../../../src/core/ports/gap-sweep.ts';
import type { ReconcileReport } from '../../../src/core/watch-entries.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { noHolds } from './no-holds.ts';
import { desk, domain, millis, now, position, sales, typed } from './samples.ts';

const clock = new ManualClock(now);
const quiet: Comparing = { open: 0, events: 0, look: undefined, report: undefined };
const look: GapSummary = {
  ...{ by: 'restart', rooms: 31, events: 3, fetched: 3, unreadable: 0 },
  ...{ failedRooms: 0, complete: true, at: millis(now - 3_600_000) },
};

function ask(rest: string, comparing: Comparing = quiet) {
  const unused = (): never => {
    throw new Error('not asked for');
  };
  const tools = {
    ...{ comparing: () => Promise.resolve(comparing), lines: [sales] },
    ...{ search: unused, read: unused, entriesFrom: unused, size: unused, shown: unused, delivery: unused },
    ...{
      judged: unused,
      earlierItems: unused,
      titleOf: unused,
      entryOfEvent: unused,
      files: unused,
      verify: unused,
      prove: unused,
      health: unused,
    },
    decisions: { recorder: { append: unused }, read: unused, standing: unused },
    holds: noHolds,
  };
  const pages = new PageMemory(clock);
  return gaps.ask(rest, { message: typed('!c gaps'), desk, role: 'officer', domain, tools, pages, clock });
}

function reportAt(at: number, body: Partial<ReconcileReport> = {}): EntryOf<'reconcile.report'> {
  const from = millis(at - (at % 86_400_000) - 86_400_000);
  return {
    kind: 'reconcile.report',
    ...{ position: position(4_711), v: 1, at: millis(at), recordedAt: millis(at) },
    class: must(parseClassId('us-finra-6y')),
    source: { system: 'gatehouse', id: 'reconcile', sure: true },
    body: {
      ...{ by: 'daily', from, to: millis(at), lines: [], findings: [], digest: 'd', unanswered: [], ok: true },
      ...body,
    },
  };
}

describe('!c gaps', () => {
  test('on the first day says that nothing was compared yet, and how to', async () => {
    expect((await ask('')).text).toBe('No open gap ✓\nNot compared yet: !c gaps now compares today.');
  });

  test('shows open gaps, the last look and the last comparison, in the desk’s own time', async () => {
    const answer = await ask('', { open: 2, events: 5, look, report: reportAt(now - 7_200_000) });
    expect(answer.text.split('\n')).toEqual([
      'Open: 2 gaps, 5 events being fetched',
      'Last look Fri 15:30: 31 rooms, 3 events fetched',
      'Last comparison Fri 14:30',
      'Compared 2 days',
      'Homeserver: not asked',
    ]);
    expect(answer).toMatchObject({ code: 'ok', data: { open: 2, events: 5, report: 4_711, ok: true } });
  });

  test('says of a look what it could not do', async () => {
    const cut = { ...look, events: 0, failedRooms: 2, complete: false };
    expect((await ask('', { ...quiet, look: cut })).text).toContain(
      "31 rooms, nothing was missing · 2 can't be read · not finished, it goes on by itself",
    );
  });

  test.each(['now', 'NOW'])('%s says at once that the result comes later', async (rest) => {
    const answer = await ask(rest);
    expect(answer.code).toBe('pending');
    expect(answer.text).toMatch(/^Comparing today/u);
  });

  test('refuses anything else with an example', async () => {
    expect(await ask('yesterday')).toMatchObject({ code: 'usage' });
  });
});
