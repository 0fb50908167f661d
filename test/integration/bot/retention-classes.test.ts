import { describe, expect, test } from '@jest/globals';
import { PageMemory } from '../../../src/bot/compliance/page-memory.ts';
import { retention } from '../../../src/bot/compliance/retention.ts';
import { retentionPresets } from '../../../src/config/retention-presets.ts';
import type { UserId } from '../../../src/core/ids.ts';
import type { Role } from '../../../src/core/line.ts';
import { classId, ClassHouse, deals, olivia, omar, type ClassHouseOptions } from '../../support/class-house.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { noHolds } from '../../unit/bot/no-holds.ts';
import { desk, domain, now, sales, typed } from '../../unit/bot/samples.ts';

const clock = new ManualClock(now);
const unused = (): never => {
  throw new Error('not asked for');
};
const own = { id: classId('deals-9y'), keep: { years: 9 }, erase: { years: 10 }, authority: 'our counsel' };
const settings = {
  classes: [...retentionPresets, own],
  lines: [{ id: sales.id, ownClass: classId('us-sec-3y') }],
  assign: [{ class: classId('eu-mifid-7y'), tag: 'trading' }],
};

function toolsOf(house: ClassHouse) {
  return {
    ...{ comparing: unused, search: unused, read: unused, entriesFrom: unused, size: unused, shown: unused },
    ...{ judged: unused, earlierItems: unused, delivery: unused, entryOfEvent: unused, files: unused },
    ...{ verify: unused, prove: unused, health: unused, holds: noHolds, lines: [sales] },
    decisions: { recorder: { append: unused }, read: unused, standing: unused },
    titleOf: () => Promise.resolve('room “Deals”'),
    classes: {
      table: () => house.inForce.table(),
      set: (wish: Parameters<typeof house.inForce.set>[0]) => house.inForce.set(wish),
      names: { lines: [sales.id], tags: ['trading'], groups: ['sales'] },
      resolveAlias: (alias: string) => Promise.resolve(alias === '#deals:acme.example' ? deals : undefined),
    },
  };
}

class Asking implements AsyncDisposable {
  readonly house: ClassHouse;
  constructor(house: ClassHouse) {
    this.house = house;
  }

  static async open(options: ClassHouseOptions = {}): Promise<Asking> {
    const house = await ClassHouse.open({ settings, clock, ...options });
    await house.inForce.settle();
    return new Asking(house);
  }

  ask(rest: string, { by = olivia, role = 'officer' }: { by?: UserId; role?: Role } = {}) {
    const message = { ...typed(`!c retention ${rest}`), sender: by, event: this.house.nextEvent() };
    const given = { message, desk, role, domain, clock, pages: new PageMemory(clock), tools: toolsOf(this.house) };
    return retention.ask(rest, given);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.house[Symbol.asyncDispose]();
  }
}

describe('!c retention show', () => {
  test('says what holds for what, by whose word, and what wins', async () => {
    await using desk = await Asking.open();
    const answer = await desk.ask('show', { role: 'auditor' });
    expect(answer.text.split('\n')).toEqual([
      'What has no other class: us-finra-6y: 6 years, then let go (FINRA Rule 4511(b); 17 CFR 240.17a-4)',
      'Line Sales: us-sec-3y, 3 years, then let go',
      'Rooms of tag trading: eu-mifid-7y, 7 years, then let go',
      'Where several fit, the strictest minimum wins. What once held for a record holds for good.',
    ]);
    expect(answer).toMatchObject({ code: 'ok', data: { default: 'us-finra-6y', assignments: 2 } });
  });

  test('of a class says how long, and who has it', async () => {
    await using desk = await Asking.open();
    expect((await desk.ask('show Deals-9y')).text).toBe(
      'deals-9y: at least 9 years, let go after 10 years (our counsel)\nNothing has it now.',
    );
    expect((await desk.ask('show us-sec-3y')).text).toContain('Who has it: Line Sales');
    expect((await desk.ask('show us-finra-6y')).text).toContain('Who has it: What has no other class');
  });

  test('of a line or room says what holds for it, and what older records may be under still', async () => {
    await using desk = await Asking.open();
    expect((await desk.ask('show sales')).text).toMatch(/^Line Sales: us-sec-3y/u);
    expect((await desk.ask('show #deals:acme.example')).text).toMatch(/^Room “Deals”: eu-mifid-7y/u);
    await desk.ask('set sales short-30d');
    const { text } = await desk.ask('show line:sales');
    expect(text).toContain('us-sec-3y');
    expect(text).toContain('Also given, and not as strict: short-30d');
  });

  test.each([
    ['show salez', 'Did you mean sales?'],
    ['show us-finra-7y', 'There is no class us-finra-7y. Did you mean us-finra-6y?'],
    ['show #nowhere:acme.example', 'There is no room #nowhere:acme.example.'],
    ['show kind:polici', 'Did you mean policy?'],
    ['show tag:tradin', 'There is no tag tradin. Did you mean trading?'],
  ])('%s is answered with what there is', async (rest, words) => {
    await using desk = await Asking.open();
    const answer = await desk.ask(rest);
    expect(answer.code).toBe('not-found');
    expect(answer.text).toContain(words);
  });
});

describe('!c retention set', () => {
  test('a longer class holds at once, for what is there too', async () => {
    await using desk = await Asking.open({ fourEyes: true });
    const answer = await desk.ask('set #deals:acme.example deals-9y');
    expect(answer.text.split('\n')).toEqual([
      'Room “Deals” ✓ deals-9y from now on: at least 9 years, let go after 10 years.',
      'What is already there is kept as long.',
      'The config gives them eu-mifid-7y too: the strictest minimum wins.',
      'Nothing is deleted by age until two officers arm it again: !c retention preview shows what would go.',
    ]);
    expect(answer).toMatchObject({ code: 'ok', data: { set: 'done', shorter: false, class: 'deals-9y' } });
  });

  test('a shorter one says that records up to now keep their longer one', async () => {
    await using desk = await Asking.open();
    const answer = await desk.ask('set !lunch:acme.example short-30d');
    expect(answer.text).toContain('short-30d from now on: 30 days, then let go.');
    expect(answer.text).toContain('Records up to now keep their longer one: us-finra-6y, 6 years, then let go.');
    expect((await desk.ask('set !lunch:acme.example short-30d')).text).toContain('it is so already');
    const back = await desk.ask('set !lunch:acme.example off');
    expect(back.text).toContain('has no class of its own here any more');
  });

  test('where two officers are wanted, a shorter one waits for the second', async () => {
    await using desk = await Asking.open({ fourEyes: true });
    const asked = await desk.ask('set trading transient-0');
    expect(asked).toMatchObject({ code: 'pending', data: { set: 'asked' } });
    expect(asked.text).toContain('a second officer has to send the same command within a day');
    expect(await desk.ask('set trading transient-0')).toMatchObject({ code: 'pending' });
    const done = await desk.ask('set trading transient-0', { by: omar });
    expect(done).toMatchObject({ code: 'ok', data: { set: 'done', shorter: true } });
    expect(done.text).toContain('transient-0 from now on: let go in the next run.');
    expect((await desk.house.states()).at(-1)?.body).toMatchObject({ by: olivia, approvedBy: omar });
  });

  test('is for officers alone', async () => {
    await using desk = await Asking.open();
    expect(await desk.ask('set trading short-30d', { role: 'auditor' })).toMatchObject({ code: 'denied' });
  });

  test.each([
    ['set', 'usage', 'Which records, and which class?'],
    ['set trading', 'usage', 'Example: !c retention set'],
    ['set trading short-30d now', 'usage', 'Name one thing and one class.'],
    ['set trading short-30', 'not-found', 'Did you mean short-30d?'],
    ['set tradin short-30d', 'not-found', 'Did you mean trading?'],
    ['set kind:mattrix short-30d', 'not-found', 'There is no kind of record mattrix'],
    ['sett trading short-30d', 'usage', 'Did you mean !c retention set?'],
  ])('%s is answered in words', async (rest, code, words) => {
    await using desk = await Asking.open();
    const answer = await desk.ask(rest);
    expect(answer.code).toBe(code);
    expect(answer.text).toContain(words);
    expect(await desk.house.states()).toHaveLength(1);
  });

  test('a group that nobody can read is said to be so', async () => {
    await using desk = await Asking.open();
    desk.house.groups.clear();
    expect(await desk.ask('set group:sales short-30d')).toMatchObject({ code: 'failed' });
  });
});

test('!c retention help says what there is, in lines that fit a phone', async () => {
  await using desk = await Asking.open();
  const { text } = await desk.ask('help');
  expect(text).toContain('!c retention show');
  expect(text).toContain('!c retention set');
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(120);
});
