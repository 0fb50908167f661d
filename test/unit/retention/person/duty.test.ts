import { describe, expect, test } from '@jest/globals';
import { must, parseClassId, parseMillis, parsePosition, type Millis } from '../../../../src/core/ids.ts';
import type { EntryKind } from '../../../../src/core/entry.ts';
import type { KeptClass } from '../../../../src/core/retention-entries.ts';
import type { ClassState } from '../../../../src/retention/classes/class-state.ts';
import { tableOf } from '../../../../src/retention/classes/class-table.ts';
import { dueBy } from '../../../../src/retention/person/due.ts';
import { dutyOf } from '../../../../src/retention/person/duty.ts';

function at(iso: string): Millis {
  return must(parseMillis(Date.parse(iso)));
}

const recorded = at('2024-02-29T12:00:00Z');
const six: KeptClass = { id: must(parseClassId('six')), keep: { years: 6 }, authority: 'a law' };
const three: KeptClass = { id: must(parseClassId('three')), keep: { years: 3 }, authority: 'another law' };
const own: KeptClass = { id: must(parseClassId('ten')), keep: { years: 10 }, authority: 'the company', own: true };

/** One state after the other; the first class is the default, the others are assigned to everything. */
function states(...of: readonly (readonly [KeptClass, ...KeptClass[]])[]): readonly ClassState[] {
  return of.map(([first, ...more], i) => ({
    position: must(parsePosition(i * 10 + 1)),
    digest: String(i).padStart(64, '0'),
    classes: [first, ...more],
    default: first.id,
    assignments: more.map((one) => ({ name: one.id, class: one.id, to: {} })),
  }));
}

function duty(
  of: readonly ClassState[],
  now: string,
  more: { class?: KeptClass; kind?: EntryKind; position?: number } = {},
) {
  const { class: first = six, kind = 'matrix.event', position = 5 } = more;
  return dutyOf(
    {
      ...{ position: must(parsePosition(position)), kind, class: first.id, recordedAt: recorded, at: recorded },
      ...{ late: false, marks: new Set() },
    },
    tableOf(of),
    at(now),
  );
}

describe('what a law asks to be kept', () => {
  test('is said with the law and the day on which it ends, and not a moment longer', () => {
    const until = at('2030-03-01T12:00:00Z');
    expect(duty(states([six]), '2030-03-01T11:59:59.999Z')).toEqual({ class: 'six', authority: 'a law', until });
    expect(duty(states([six]), '2030-03-01T12:00:00Z')).toBeUndefined();
  });

  test('is the strictest of all that ever held for the record', () => {
    expect(duty(states([six], [three]), '2028-01-01T00:00:00Z')).toMatchObject({ class: 'six' });
    expect(duty(states([three], [three, six]), '2028-01-01T00:00:00Z', { class: three })).toMatchObject({
      class: 'six',
    });
    // It ended before the record came.
    expect(duty(states([six], [three]), '2028-01-01T00:00:00Z', { class: three, position: 15 })).toBeUndefined();
  });

  test('is never what the company alone decided, however long that is', () => {
    expect(duty(states([own]), '2024-03-01T00:00:00Z', { class: own })).toBeUndefined();
    expect(duty(states([own, three]), '2024-03-01T00:00:00Z', { class: own })).toMatchObject({ class: 'three' });
    // What a law's class was once, it was for the records of that time.
    const laws: KeptClass = { id: own.id, keep: own.keep, authority: own.authority };
    expect(duty(states([laws], [own]), '2024-03-01T00:00:00Z', { class: own })).toMatchObject({ class: 'ten' });
  });

  test('is unknown where nothing describes the class that the record came under: then it stays', () => {
    const lost: KeptClass = { ...three, id: must(parseClassId('lost')) };
    expect(duty(states([six]), '2099-01-01T00:00:00Z', { class: lost })).toEqual({
      ...{ class: 'lost', authority: 'a class that is not on record' },
    });
    expect(duty([], '2099-01-01T00:00:00Z')).toMatchObject({ class: 'six' });
  });
});

describe('the day on which a person has to have an answer', () => {
  test.each([
    ['2026-11-23T14:00:00Z', 'Europe/Berlin', '2026-12-23T22:59:59.999Z'],
    // Where it is the 24th already.
    ['2026-11-23T23:30:00Z', 'Europe/Berlin', '2026-12-24T22:59:59.999Z'],
    ['2027-01-31T12:00:00Z', 'UTC', '2027-02-28T23:59:59.999Z'],
    ['2028-01-30T12:00:00Z', 'UTC', '2028-02-29T23:59:59.999Z'],
    ['2026-12-31T12:00:00Z', 'America/New_York', '2027-02-01T04:59:59.999Z'],
    // Clocks change in between.
    ['2026-03-10T12:00:00Z', 'Europe/Berlin', '2026-04-10T21:59:59.999Z'],
  ])('asked on %s in %s: %s', (asked, zone, due) => {
    expect(new Date(dueBy(at(asked), zone)).toISOString()).toBe(due);
  });
});
