import { describe, expect, test } from '@jest/globals';
import type { Draft } from '../../../src/core/entry.ts';
import { must, parsePosition, parseRoomId, taskIdFor, type Position } from '../../../src/core/ids.ts';
import type { KeptHit, PolicyBodies } from '../../../src/core/policy-entries.ts';
import { redactionWriterPart } from '../../../src/policy/redaction/projections.ts';
import { SPAN_MS, tellingAt, toldWith } from '../../../src/policy/telling/tell-store.ts';
import { verdictsWriterPart } from '../../../src/policy/verdicts/projections.ts';
import { taskWithId } from '../../../src/tasks/open-tasks.ts';
import { draftOf, openTestJournal, type TestJournal } from '../../support/journal.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { postgresForTests } from '../../support/postgres-for-tests.ts';
import { event } from '../../unit/bot/samples.ts';

const serverOf = postgresForTests();
const room = must(parseRoomId('!deals:acme.example'));
const hit: KeptHit = {
  ...{ rule: 'cards', version: 'b'.repeat(64), says: 'a card', severity: 'high', consequence: 'flag' },
  ...{ dryRun: false, notify: true, count: 1, findings: [] },
};

class World implements AsyncDisposable {
  readonly clock: ManualClock;
  readonly test: TestJournal;

  constructor(test: TestJournal, clock: ManualClock) {
    this.test = test;
    this.clock = clock;
  }

  static async open(dialect: 'sqlite' | 'postgres'): Promise<World> {
    const clock = new ManualClock(1_760_000_000_000);
    const parts = [verdictsWriterPart(), redactionWriterPart()];
    return new World(await openTestJournal({ parts, clock, postgres: serverOf(dialect) }), clock);
  }

  async put(...drafts: readonly Draft[]): Promise<readonly Position[]> {
    const appended = await this.test.journal.append(drafts);
    return appended.map(({ position }) => must(parsePosition(position)));
  }

  /** Which of the policy's tasks follow from this entry, by their lanes. */
  async tasks(of: Position): Promise<Readonly<Record<string, string>>> {
    const kinds = ['policy.redact', 'policy.sender-told', 'policy.desk-told'];
    const found = await this.test.views.read(async (reading) => {
      const all = [];
      for (const kind of kinds) all.push(await taskWithId(reading, taskIdFor(of, kind)));
      return all;
    });
    return Object.fromEntries(found.flatMap((task) => (task === undefined ? [] : [[task.kind, task.lane]])));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.test[Symbol.asyncDispose]();
  }
}

type Verdict = PolicyBodies['policy.verdict'];

function verdict(more: Partial<Verdict> = {}, direction: Draft['direction'] = 'internal'): Draft {
  const judged = { rules: 'a'.repeat(64), content: 'c'.repeat(64), hits: [hit], unread: [] };
  const body = { ...judged, of: must(parsePosition(1)), consequence: 'flag' as const, ...more };
  return draftOf('policy.verdict', body, { room, direction });
}

describe.each(['sqlite', 'postgres'] as const)('what is done and told afterwards, on %s', (dialect) => {
  const open = (): Promise<World> => World.open(dialect);
  const quiet = { hits: [{ ...hit, notify: false }] };

  const cases: readonly (readonly [string, Draft, readonly string[]])[] = [
    ['taken away inside', verdict({ ...quiet, consequence: 'redact' }), ['policy.redact']],
    ['taken away on its way out', verdict({ ...quiet, consequence: 'redact' }, 'outbound'), ['policy.redact']],
    ['hidden of a customer', verdict({ ...quiet, consequence: 'redact' }, 'inbound'), []],
    ['warned of inside', verdict({ ...quiet, consequence: 'warn' }), ['policy.sender-told']],
    ['warned of on its way out', verdict({ ...quiet, consequence: 'warn' }, 'outbound'), []],
    ['flagged', verdict(quiet), []],
    ['to be told', verdict(), ['policy.desk-told']],
    ['on trial', verdict({ hits: [{ ...hit, dryRun: true }] }), []],
    ['on a card', verdict({ consequence: 'quarantine' }, 'outbound'), []],
    ['not judged', verdict({ hits: [], failed: 'crashed' }), ['policy.desk-told']],
  ];

  test('each thing has the tasks that it needs', async () => {
    await using world = await open();
    for (const [what, draft, tasks] of cases) {
      world.clock.advance(SPAN_MS);
      const [at] = await world.put(draft);
      expect([what, Object.keys(await world.tasks(must(parsePosition(at))))]).toEqual([what, tasks]);
    }
  });

  test('of a redaction its sender is told once, and a desk where it could not be done', async () => {
    await using world = await open();
    const [at, over] = await world.put(
      verdict({ ...quiet, consequence: 'redact' }),
      draftOf('system.stopped', { why: '' }),
    );
    const body = { verdict: must(parsePosition(at)), event: event('$bad') };
    const redacted = (of: Position | undefined, how: 'admin' | 'not-possible'): Draft =>
      draftOf('policy.redacted', { ...body, of: must(parsePosition(of)), how }, { room, direction: 'internal' });
    const [first, second, third] = await world.put(
      redacted(must(parsePosition(1)), 'admin'),
      redacted(over, 'admin'),
      redacted(over, 'not-possible'),
    );
    expect(Object.keys(await world.tasks(must(parsePosition(first))))).toEqual(['policy.sender-told']);
    expect(Object.keys(await world.tasks(must(parsePosition(second))))).toEqual([]);
    expect(Object.keys(await world.tasks(must(parsePosition(third))))).toEqual(['policy.desk-told']);
  });

  test('a minute has three tellings and one for all others; a clock that was set back begins a new one', async () => {
    await using world = await open();
    const burst = await world.put(...Array.from({ length: 130 }, () => verdict()));
    const kinds = await Promise.all(burst.slice(0, 6).map((at) => world.tasks(at)));
    expect(kinds.map((tasks) => Object.keys(tasks).length)).toEqual([1, 1, 1, 1, 0, 0]);
    const told = await world.test.views.read(async (reading) => {
      const fourth = await tellingAt(reading, must(parsePosition(burst[3])));
      if (fourth === undefined) throw new Error('not told');
      return { fourth, together: await toldWith(reading, fourth) };
    });
    expect(told.fourth).toMatchObject({ span: burst[0], nth: 4 });
    expect(told.together).toEqual({ count: 127, first: burst.slice(3, 103) });

    const nthOf = async (): Promise<number | undefined> => {
      const [at] = await world.put(verdict());
      return (await world.test.views.read((reading) => tellingAt(reading, must(parsePosition(at)))))?.nth;
    };
    expect(await nthOf()).toBe(131);
    world.clock.advance(SPAN_MS);
    expect(await nthOf()).toBe(1);
    world.clock.jump(-10_000);
    expect(await nthOf()).toBe(1);
  });
});
