import { describe, expect, test } from '@jest/globals';
import {
  must,
  parseClassId,
  parseLineId,
  parseMillis,
  parseNetworkId,
  parsePosition,
  parseRoomId,
  parseUserId,
  type Millis,
} from '../../../../src/core/ids.ts';
import type { AssignedTo, KeptClass, Period } from '../../../../src/core/retention-entries.ts';
import type { ClassState } from '../../../../src/retention/classes/class-state.ts';
import { tableOf, type ClassTable } from '../../../../src/retention/classes/class-table.ts';
import type { Facts } from '../../../../src/retention/classes/facts.ts';
import { mayBeDueBefore, termOf } from '../../../../src/retention/classes/term.ts';

const DAY = 86_400_000;
const deals = must(parseRoomId('!deals:acme.example'));
const lunch = must(parseRoomId('!lunch:acme.example'));
const sales = must(parseLineId('sales'));
const alice = must(parseUserId('@alice:acme.example'));
const sms = must(parseNetworkId('sms'));

function at(iso: string): Millis {
  return must(parseMillis(Date.parse(iso)));
}
function classId(id: string) {
  return must(parseClassId(id));
}
function kept(id: string, keep: Period, erase?: Period): KeptClass {
  return { id: classId(id), keep, authority: `law of ${id}`, ...(erase === undefined ? {} : { erase }) };
}

const six = kept('six', { years: 6 }, { years: 6 });
const seven = kept('seven', { years: 7 }, { years: 7 });
const three = kept('three', { years: 3 }, { years: 3 });
const month = kept('month', { ms: 30 * DAY }, { ms: 30 * DAY });
const open = kept('open', { years: 1 });
const ALL = [six, seven, three, month, open];

interface Given {
  readonly position?: number;
  readonly default?: string;
  readonly classes?: readonly KeptClass[];
  readonly to?: readonly (readonly [string, AssignedTo])[];
}

function state({ position = 1, default: otherwise = 'six', classes = ALL, to = [] }: Given): ClassState {
  return {
    position: must(parsePosition(position)),
    digest: String(position).padStart(64, '0'),
    classes,
    default: classId(otherwise),
    assignments: to.map(([id, assigned], i) => ({ name: `config:${String(i)}`, class: classId(id), to: assigned })),
  };
}

function table(...given: readonly Given[]): ClassTable {
  const made = tableOf(given.map(state));
  if (made === undefined) throw new Error('no state');
  return made;
}

const START = at('2024-02-29T12:00:00.000Z');

function record(given: Partial<Omit<Facts, 'position' | 'class'>> & { position?: number; class?: string } = {}): Facts {
  const { position = 10, class: first = 'six', ...rest } = given;
  return {
    position: must(parsePosition(position)),
    class: classId(first),
    kind: 'matrix.event',
    recordedAt: START,
    at: START,
    late: false,
    marks: new Set(),
    ...rest,
  };
}

function keptTill(facts: Facts, classes: ClassTable): string {
  return new Date(termOf(facts, classes).keepUntil).toISOString();
}
function erasedAt(facts: Facts, classes: ClassTable): string | undefined {
  const { eraseAt } = termOf(facts, classes);
  return eraseAt === undefined ? undefined : new Date(eraseAt).toISOString();
}

describe('a record with no class of its own', () => {
  test('is kept by the default, and goes when that is over', () => {
    expect(termOf(record(), table({}))).toEqual({
      keepUntil: at('2030-03-01T12:00:00.000Z'),
      eraseAt: at('2030-03-01T12:00:00.000Z'),
      class: 'six',
      authority: 'law of six',
    });
  });

  test('years are calendar years: leap days are counted as they come', () => {
    expect(keptTill(record({ recordedAt: at('2023-03-01T00:00:00.000Z') }), table({}))).toBe(
      '2029-03-01T00:00:00.000Z',
    );
    expect(keptTill(record({ class: 'month' }), table({ default: 'month' }))).toBe('2024-03-30T12:00:00.000Z');
  });

  test('never goes by age where its class says no end', () => {
    const term = termOf(record({ class: 'open' }), table({ default: 'open' }));
    expect(term.keepUntil).toBe(at('2025-03-01T12:00:00.000Z'));
    expect(term.eraseAt).toBeUndefined();
  });
});

describe('the clock', () => {
  const happened = at('2023-01-01T00:00:00.000Z');

  test('runs from the moment of recording', () => {
    expect(keptTill(record({ at: happened }), table({}))).toBe('2030-03-01T12:00:00.000Z');
  });

  test('of what was fetched or imported it runs from when it happened', () => {
    expect(keptTill(record({ at: happened, late: true }), table({}))).toBe('2029-01-01T00:00:00.000Z');
  });

  test('and never later than it was recorded, whatever a peer’s clock says', () => {
    expect(keptTill(record({ at: at('2029-01-01T00:00:00.000Z'), late: true }), table({}))).toBe(
      '2030-03-01T12:00:00.000Z',
    );
  });
});

describe('an assignment', () => {
  test.each<readonly [string, AssignedTo, Partial<Facts>, Partial<Facts>]>([
    ['a line', { line: sales }, { line: sales }, {}],
    ['a room', { rooms: [lunch, deals] }, { room: deals }, { room: must(parseRoomId('!x:acme.example')) }],
    ['a group', { users: [alice] }, { actor: alice }, { actor: '@bob:acme.example' }],
    ['a network', { network: sms }, { networks: new Set([sms]) }, { networks: new Set() }],
    ['a kind', { kind: 'policy.verdict' }, { kind: 'policy.verdict' }, { kind: 'policy.approved' }],
    ['a family', { kind: 'policy' }, { kind: 'policy.verdict' }, { kind: 'portal.opened' }],
    ['a verdict', { verdict: 'flagged' }, { marks: new Set(['flagged']) }, { marks: new Set(['quarantined']) }],
    ['a rule’s verdict', { verdict: 'cards' }, { marks: new Set(['rule:cards']) }, { marks: new Set(['flagged']) }],
  ])('to %s holds for its records and no others', (_, to, fits, other) => {
    const classes = table({ to: [['seven', to]] });
    expect(termOf({ ...record(), ...fits }, classes).class).toBe('seven');
    expect(termOf({ ...record(), ...other }, classes).class).toBe('six');
  });

  test('that names several things holds where all of them fit', () => {
    const classes = table({ to: [['seven', { line: sales, users: [alice] }]] });
    expect(termOf(record({ line: sales, actor: alice }), classes).class).toBe('seven');
    expect(termOf(record({ line: sales }), classes).class).toBe('six');
  });

  test('puts the default aside: it is for what has no other class', () => {
    const classes = table({ to: [['month', { rooms: [lunch] }]] });
    expect(keptTill(record({ class: 'month', room: lunch }), classes)).toBe('2024-03-30T12:00:00.000Z');
  });

  test('of several the strictest minimum wins, and none goes before it', () => {
    const classes = table({
      to: [
        ['month', { rooms: [deals] }],
        ['seven', { line: sales }],
        ['three', { kind: 'matrix' }],
      ],
    });
    const facts = record({ class: 'seven', room: deals, line: sales });
    expect(termOf(facts, classes)).toMatchObject({ class: 'seven', keepUntil: at('2031-03-01T12:00:00.000Z') });
    expect(erasedAt(facts, classes)).toBe('2031-03-01T12:00:00.000Z');
  });

  test('a class without an end takes no other’s end away', () => {
    const classes = table({
      to: [
        ['open', { rooms: [deals] }],
        ['seven', { line: sales }],
      ],
    });
    expect(erasedAt(record({ class: 'seven', room: deals, line: sales }), classes)).toBe('2031-03-01T12:00:00.000Z');
  });

  test('the earliest end counts', () => {
    const long = kept('long', { years: 1 }, { years: 9 });
    const classes = table({
      classes: [...ALL, long],
      to: [
        ['long', { rooms: [deals] }],
        ['three', { line: sales }],
      ],
    });
    expect(erasedAt(record({ class: 'three', room: deals, line: sales }), classes)).toBe('2027-03-01T12:00:00.000Z');
  });
});

describe('when a room’s class changes', () => {
  test('to a longer one, what is already there is kept longer too', () => {
    const classes = table({ position: 1 }, { position: 20, to: [['seven', { rooms: [deals] }]] });
    expect(termOf(record({ position: 10, room: deals }), classes)).toMatchObject({ class: 'seven' });
    expect(termOf(record({ position: 30, class: 'seven', room: deals }), classes)).toMatchObject({ class: 'seven' });
  });

  test('to a shorter one, what is already there keeps its longer one', () => {
    const classes = table(
      { position: 1, to: [['seven', { rooms: [deals] }]] },
      { position: 20, to: [['month', { rooms: [deals] }]] },
    );
    expect(keptTill(record({ position: 19, class: 'seven', room: deals }), classes)).toBe('2031-03-01T12:00:00.000Z');
    expect(keptTill(record({ position: 20, class: 'month', room: deals }), classes)).toBe('2024-03-30T12:00:00.000Z');
  });

  test('from the default to a shorter one, what is already there stays by the default', () => {
    const classes = table({ position: 1 }, { position: 20, to: [['month', { rooms: [lunch] }]] });
    expect(termOf(record({ position: 10, room: lunch }), classes)).toMatchObject({ class: 'six' });
    expect(termOf(record({ position: 21, class: 'month', room: lunch }), classes)).toMatchObject({ class: 'month' });
  });

  test('and back again, the longer one stays with what it ever held for', () => {
    const classes = table({ position: 1 }, { position: 20, to: [['seven', { rooms: [deals] }]] }, { position: 40 });
    expect(termOf(record({ position: 10, room: deals }), classes)).toMatchObject({ class: 'seven' });
    expect(termOf(record({ position: 30, class: 'seven', room: deals }), classes)).toMatchObject({ class: 'seven' });
    expect(termOf(record({ position: 41, room: deals }), classes)).toMatchObject({ class: 'six' });
  });

  test('a class that is described as shorter from now on is as long as ever for what is older', () => {
    const shorter = [...ALL.filter(({ id }) => id !== 'seven'), kept('seven', { years: 2 }, { years: 2 })];
    const to: Given['to'] = [['seven', { rooms: [deals] }]];
    const classes = table({ position: 1, to }, { position: 20, to, classes: shorter });
    expect(keptTill(record({ position: 10, class: 'seven', room: deals }), classes)).toBe('2031-03-01T12:00:00.000Z');
    expect(keptTill(record({ position: 30, class: 'seven', room: deals }), classes)).toBe('2026-03-01T12:00:00.000Z');
  });

  test('a class that is described as longer from now on is longer for what is older too', () => {
    const longer = [...ALL.filter(({ id }) => id !== 'seven'), kept('seven', { years: 9 }, { years: 9 })];
    const to: Given['to'] = [['seven', { rooms: [deals] }]];
    const classes = table({ position: 1, to }, { position: 20, to, classes: longer });
    expect(keptTill(record({ position: 10, class: 'seven', room: deals }), classes)).toBe('2033-03-01T12:00:00.000Z');
  });

  test('a shorter default from now on leaves what is older as it was', () => {
    const classes = table({ position: 1 }, { position: 20, default: 'month' });
    expect(termOf(record({ position: 10 }), classes)).toMatchObject({ class: 'six' });
    expect(termOf(record({ position: 20, class: 'month' }), classes)).toMatchObject({ class: 'month' });
  });
});

describe('the class in the header', () => {
  test('holds for good, also where nothing gives it any more', () => {
    expect(termOf(record({ class: 'seven' }), table({ to: [['month', { kind: 'matrix' }]] }))).toMatchObject({
      class: 'seven',
    });
  });

  test('of what is older than the first classes on record is read by those', () => {
    const classes = table({ position: 50, to: [['month', { rooms: [lunch] }]] });
    expect(termOf(record({ position: 3, class: 'six', room: lunch }), classes)).toMatchObject({ class: 'six' });
  });

  test('that is described nowhere keeps the record until somebody decides', () => {
    const term = termOf(record({ class: 'gone' }), table({}));
    expect(term.eraseAt).toBeUndefined();
    expect(term).toMatchObject({ class: 'gone', authority: 'a class that is not on record' });
  });
});

describe('a verdict that comes later', () => {
  test('lengthens', () => {
    const classes = table({ to: [['seven', { verdict: 'flagged' }]] });
    expect(termOf(record(), classes).class).toBe('six');
    expect(termOf(record({ marks: new Set(['flagged']) }), classes).class).toBe('seven');
  });

  test('shortens nothing that the record already had', () => {
    const classes = table({ to: [['month', { verdict: 'quarantined' }]] });
    expect(termOf(record({ marks: new Set(['quarantined']) }), classes).class).toBe('six');
  });
});

test('a verdict leaves a default in place that got longer since', () => {
  const to: Given['to'] = [['month', { verdict: 'quarantined' }]];
  const classes = table({ position: 1, to }, { position: 20, to, default: 'seven' });
  expect(termOf(record(), classes).class).toBe('seven');
  expect(termOf(record({ marks: new Set(['quarantined']) }), classes).class).toBe('seven');
});

describe('the bound of a walk', () => {
  const until = at('2030-03-01T00:00:00.000Z');

  test('is where the shortest minimum in use would just be over', () => {
    expect(mayBeDueBefore(table({}), until)).toBe(at('2024-03-01T00:00:00.000Z'));
    expect(mayBeDueBefore(table({ to: [['month', { rooms: [lunch] }]] }), until)).toBe(until - 30 * DAY);
  });

  test('counts what ever was in use, for it may hold for what is older', () => {
    const classes = table({ position: 1, default: 'month' }, { position: 20 });
    expect(mayBeDueBefore(classes, until)).toBe(until - 30 * DAY);
  });

  test('leaves classes aside that nothing uses', () => {
    expect(mayBeDueBefore(table({ default: 'seven' }), until)).toBe(at('2023-03-01T00:00:00.000Z'));
  });
});

test('without any state there is no table', () => {
  expect(tableOf([])).toBeUndefined();
});
