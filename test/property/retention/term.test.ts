import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { must, parseClassId, parseMillis, parsePosition, parseRoomId } from '../../../src/core/ids.ts';
import type { KeptClass, Period } from '../../../src/core/retention-entries.ts';
import { endOf } from '../../../src/core/period.ts';
import type { ClassState } from '../../../src/retention/classes/class-state.ts';
import { tableOf, type ClassTable } from '../../../src/retention/classes/class-table.ts';
import type { Facts } from '../../../src/retention/classes/facts.ts';
import { classesOf, clockStart, mayBeDueBefore, termOf } from '../../../src/retention/classes/term.ts';

const DAY_MS = 86_400_000;
const ids = ['a', 'b', 'c'].map((id) => must(parseClassId(id)));
const rooms = ['!x:acme.example', '!y:acme.example'].map((id) => must(parseRoomId(id)));
const id = fc.constantFrom(...ids);
const room = fc.constantFrom(...rooms);

const period: fc.Arbitrary<Period> = fc.oneof(
  fc.integer({ min: 0, max: 9 }).map((years) => ({ years })),
  fc.integer({ min: 0, max: 4_000 }).map((days) => ({ ms: days * DAY_MS })),
);

/** Whatever a config could say, and more: an end may come before the minimum is over. */
const classes: fc.Arbitrary<readonly KeptClass[]> = fc
  .tuple(...ids.map(() => fc.record({ keep: period, erase: fc.option(period, { nil: undefined }) })))
  .map((all) =>
    all.map(({ keep, erase }, i) => ({
      id: ids[i] ?? must(parseClassId('a')),
      keep,
      authority: '',
      ...(erase === undefined ? {} : { erase }),
    })),
  );

const state = fc.record({
  classes,
  default: id,
  assignments: fc.array(
    fc.record({
      name: fc.constant('config:x'),
      class: id,
      to: fc.oneof(
        fc.subarray(rooms).map((some) => ({ rooms: some })),
        fc.constant({ kind: 'matrix' }),
        fc.constant({ verdict: 'flagged' }),
        fc.constant({ verdict: 'flagged', kind: 'network' }),
      ),
    }),
    { maxLength: 4 },
  ),
});

const table: fc.Arbitrary<ClassTable> = fc.array(state, { minLength: 1, maxLength: 5 }).map((given) => {
  const made = tableOf(given.map((one, i): ClassState => ({ ...one, digest: '', position: positionAt(i * 10 + 1) })));
  if (made === undefined) throw new Error('no state');
  return made;
});

const facts: fc.Arbitrary<Facts> = fc.record({
  position: fc.integer({ min: 1, max: 60 }).map(positionAt),
  kind: fc.constantFrom('matrix.event' as const, 'network.message' as const),
  class: id,
  recordedAt: fc.integer({ min: 0, max: 20_000 * DAY_MS }).map(millis),
  at: fc.integer({ min: 0, max: 20_000 * DAY_MS }).map(millis),
  late: fc.boolean(),
  room,
  marks: fc.subarray(['flagged', 'rule:cards']).map((marks): ReadonlySet<string> => new Set(marks)),
});

function positionAt(n: number) {
  return must(parsePosition(n));
}
function millis(n: number) {
  return must(parseMillis(n));
}

test('no record goes before the minimum of any class that ever held for it', () => {
  fc.assert(
    fc.property(facts, table, (record, classesOnRecord) => {
      const { keepUntil, eraseAt } = termOf(record, classesOnRecord);
      for (const { keep } of classesOf(record, classesOnRecord)) {
        expect(keepUntil).toBeGreaterThanOrEqual(endOf(clockStart(record), keep));
      }
      expect(eraseAt ?? Infinity).toBeGreaterThanOrEqual(keepUntil);
    }),
    { numRuns: 500 },
  );
});

test('whatever comes into force later, nothing that is there is kept shorter', () => {
  fc.assert(
    fc.property(facts, table, state, (record, before, next) => {
      const position = positionAt(Math.max(record.position, before.position) + 1);
      const after = tableOf([...before.states, { ...next, digest: '', position }]);
      if (after === undefined) throw new Error('no state');
      expect(termOf(record, after).keepUntil).toBeGreaterThanOrEqual(termOf(record, before).keepUntil);
    }),
    { numRuns: 500 },
  );
});

test('a verdict never shortens', () => {
  fc.assert(
    fc.property(facts, table, (record, given) => {
      const unmarked = termOf({ ...record, marks: new Set() }, given);
      const marked = termOf({ ...record, marks: new Set(['flagged']) }, given);
      expect(marked.keepUntil).toBeGreaterThanOrEqual(unmarked.keepUntil);
    }),
    { numRuns: 500 },
  );
});

test('nothing whose clock starts after the bound of a walk is due', () => {
  fc.assert(
    fc.property(facts, table, fc.integer({ min: 0, max: 25_000 * DAY_MS }).map(millis), (record, given, until) => {
      const late = clockStart(record) > mayBeDueBefore(given, until);
      expect(late && (termOf(record, given).eraseAt ?? Infinity) <= until).toBe(false);
    }),
    { numRuns: 2_000 },
  );
});
