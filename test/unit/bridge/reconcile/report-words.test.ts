import { describe, expect, test } from '@jest/globals';
import { reportWords } from '../../../../src/bridge/reconcile/report-words.ts';
import { must, parseLineId } from '../../../../src/core/ids.ts';
import type { LineReconciled, ReconcileReport } from '../../../../src/core/watch-entries.ts';
import { millis, position, sales, support } from '../../bot/samples.ts';

const day = Date.UTC(2026, 2, 8);
const noon = day + 36 * 3_600_000;

function line(more: Partial<LineReconciled> = {}): LineReconciled {
  return {
    line: sales.id,
    ...{ received: 41, shown: 41, waitingIn: 0, failedIn: 0 },
    ...{ written: 38, sent: 38, delivered: 30, waitingOut: 0, failedOut: 0, unknownOut: 0 },
    ...more,
  };
}

const homeserver: NonNullable<ReconcileReport['homeserver']> = {
  ...{ reach: 'all', rooms: 31, unreadRooms: 0, events: 1_204 },
  ...{ fetched: 0, missing: 0, unreadable: 0, goneThere: 0 },
};

function report(more: Partial<ReconcileReport> = {}): ReconcileReport {
  return {
    ...{ by: 'daily', from: millis(day), to: millis(noon), homeserver },
    ...{ lines: [line()], findings: [], digest: 'd', unanswered: [], ok: true },
    ...more,
  };
}

function words(more: Partial<ReconcileReport> = {}): readonly string[] {
  return reportWords(report(more), [sales, support]);
}

describe('a report in words', () => {
  test('says what was compared, side by side', () => {
    expect(words()).toEqual([
      'Compared 2 days',
      'Homeserver 1,204 events in 31 rooms ✓',
      'Sales 41 in, 38 out ✓ · SMS has no list',
    ]);
  });

  test.each([
    [{ fetched: 3 }, 'Homeserver 1,204 events in 31 rooms ✓ (3 fetched)'],
    [
      { fetched: 3, unreadable: 1 },
      'Homeserver 1,204 events in 31 rooms ✓ (3 fetched, 1 of them without their content)',
    ],
    [{ fetched: 3, missing: 2 }, 'Homeserver 1,204 events in 31 rooms ✗ (2 not on record, 3 fetched)'],
    [{ goneThere: 1_000 }, 'Homeserver 1,204 events in 31 rooms ✓ · 1,000 on record are no longer there'],
    [{ unreadRooms: 1 }, "Homeserver 1,204 events in 31 rooms ✓ · 1 room can't be read"],
    [{ rooms: 1, events: 1 }, 'Homeserver 1 event in 1 room ✓'],
    [
      { reach: 'ours' as const },
      "Homeserver 1,204 events in 31 rooms ✓ · only the rooms our bots are in, as there is no admin's token",
    ],
  ])('says of the homeserver, with %j', (more, said) => {
    expect(words({ homeserver: { ...homeserver, ...more } })[1]).toBe(said);
  });

  test('says that the homeserver was not asked, or did not answer', () => {
    const { by, from, to, lines, findings, digest, ok } = report();
    const rest = { by, from, to, lines, findings, digest, ok };
    expect(reportWords({ ...rest, unanswered: [] }, [sales])[1]).toBe('Homeserver: not asked');
    expect(reportWords({ ...rest, unanswered: ['homeserver'] }, [sales])[1]).toBe('Homeserver ✗ did not answer');
  });

  test.each([
    [line({ waitingIn: 1, waitingOut: 1, failedOut: 1, unknownOut: 2 }), '✓ (2 waiting, 1 failed, 2 unclear)'],
    [line({ listed: { inbound: 1_040, takenIn: 0 } }), '✓ · SMS lists 1,040 ✓'],
    [line({ listed: { inbound: 40, takenIn: 1 } }), '✓ · SMS lists 40 ✓ (1 taken in)'],
  ])('says of a line what is open and what its provider lists', (counts, said) => {
    expect(words({ lines: [counts] })[2]).toContain(`Sales 41 in, 38 out ${said}`);
  });

  test('names a provider that could not be asked, and a line that the config no longer has by its id', () => {
    const gone = must(parseLineId('gone'));
    expect(words({ unanswered: ['connector:carrier'] })[2]).toBe(
      'Sales 41 in, 38 out ✓ · SMS ✗ did not say what it has',
    );
    expect(words({ lines: [line({ line: gone })] })[2]).toBe('gone 41 in, 38 out ✓');
  });

  test('names the records that no account explains, three of them', () => {
    const whats = ['unplaced', 'forgotten', 'attempt-open', 'unsettled', 'unsettled'] as const;
    const findings = whats.map((what, i) => ({ what, line: sales.id, of: position(4_711 + i) }));
    expect(words({ findings, ok: false }).slice(2)).toEqual([
      'Sales 41 in, 38 out ✗ · SMS has no list',
      '! Record 4,711 came in and is in no chat',
      '! Record 4,712 waits, and nothing will go on with it',
      '! Record 4,713 was given to the network, and nobody knows what came of it',
      '! and 2 more like these',
    ]);
  });

  test('of one day says today', () => {
    expect(words({ from: millis(day + 24 * 3_600_000) })[0]).toBe('Compared today');
  });
});
