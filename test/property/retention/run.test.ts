/**
 * Random lives of a record: messages, edits, classes that change, holds that come and go, clocks that jump, runs armed and
 * not. What goes is what the rules say, nothing else, and all of it by the next run. `RUNS` in the environment plays more.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DraftOf, Entry } from '../../../src/core/entry.ts';
import { must, parseClassId, parseEventId, parseMillis, parseRoomId, parseUserId } from '../../../src/core/ids.ts';
import type { KeptClass } from '../../../src/core/retention-entries.ts';
import { holdOn, released } from '../../support/holds.ts';
import { DAY_MS, keptClass, olivia, RetentionHouse, SetClock, START } from '../../support/retention-house.ts';

const RUNS = Number(process.env['RUNS'] ?? 12);
const rooms = ['!deals:acme.example', '!lunch:acme.example'] as const;
const people = ['@bob:acme.example', '@carol:acme.example'] as const;

/** Days kept at least, and at most; 0 for no end. */
interface Wanted {
  readonly otherwise: readonly [keep: number, erase: number];
  /** Of the second room, where it has a class of its own. */
  readonly lunch: readonly [keep: number, erase: number] | undefined;
}

type Step =
  | { readonly do: 'say'; readonly who: number; readonly where: number; readonly late: number }
  | { readonly do: 'edit'; readonly which: number; readonly who: number }
  | { readonly do: 'pass'; readonly days: number }
  | { readonly do: 'classes'; readonly wanted: Wanted }
  | { readonly do: 'hold' | 'release'; readonly over: number }
  | { readonly do: 'jump'; readonly hours: number }
  | { readonly do: 'confirm' | 'arm' | 'disarm' | 'run' | 'preview' };

const term = fc
  .record({ keep: fc.integer({ min: 0, max: 20 }), more: fc.integer({ min: 0, max: 10 }), ends: fc.boolean() })
  .map(({ keep, more, ends }) => [keep, ends ? keep + more : 0] as const);
const wanted: fc.Arbitrary<Wanted> = fc.record({
  otherwise: term,
  lunch: fc.option(term, { nil: undefined }),
});
const index = fc.integer({ min: 0, max: 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('say' as const),
      who: index,
      where: index,
      late: fc.integer({ min: 0, max: 30 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('edit' as const), which: fc.nat(50), who: index }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('pass' as const), days: fc.integer({ min: 1, max: 25 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('classes' as const), wanted }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('hold' as const, 'release' as const),
      over: fc.integer({ min: 0, max: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('jump' as const), hours: fc.integer({ min: -4, max: 4 }) }) },
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'confirm' as const,
        'arm' as const,
        'arm' as const,
        'disarm' as const,
        'run' as const,
        'run' as const,
        'run' as const,
        'preview' as const,
      ),
    }),
  },
);

const overs = ['user:@bob', 'in:deals', 'guarantee'] as const;

interface Said {
  readonly position: number;
  readonly start: number;
  readonly where: number;
  readonly who: number;
  readonly text: string;
  /** The message that it changes. */
  readonly of: Said | undefined;
  gone: boolean;
}

interface State {
  readonly from: number;
  readonly wanted: Wanted;
}

/** What the record should be like, told without a journal. */
class Life {
  readonly said: Said[] = [];
  readonly states: State[] = [];
  readonly holds = new Map<number, { readonly name: string; readonly placed: number }>();
  armed = false;
  suspect = false;
  #named = 0;

  name(): string {
    this.#named += 1;
    return `hold-${String(this.#named)}`;
  }

  /** By all classes that ever held for it, in milliseconds; undefined while nothing ends it. */
  dueAt({ position, start, where }: Said): number | undefined {
    // A class that ended before it came never held for it; the default holds where nothing else does.
    const held = this.states.flatMap((state, i) => {
      const next = this.states[i + 1];
      if (next !== undefined && next.from <= position) return [];
      const own = where === 1 ? state.wanted.lunch : undefined;
      return [own ?? state.wanted.otherwise];
    });
    const keep = Math.max(...held.map(([days]) => days));
    const ends = held.map(([, erase]) => erase).filter((days) => days > 0);
    return ends.length === 0 ? undefined : start + Math.max(keep, Math.min(...ends)) * DAY_MS;
  }

  isHeld(one: Said): boolean {
    const family = this.said.filter((other) => !other.gone && headOf(other) === headOf(one));
    return [...this.holds.keys()].some((over) => family.some((member) => covers(over, member)));
  }

  /** Whether the message that it changes is still there. */
  isSpokenOf({ of }: Said): boolean {
    return of !== undefined && !of.gone;
  }
}

function headOf(one: Said): Said {
  return one.of === undefined ? one : headOf(one.of);
}

function covers(over: number, { who, where, text }: Said): boolean {
  return [who === 0, where === 0, text.includes('guarantee')][over] ?? false;
}

function classesOf({ otherwise, lunch }: Wanted): readonly KeptClass[] {
  const of = (id: string, [keep, erase]: readonly [number, number]): KeptClass =>
    erase === 0 ? keptClass(id, keep) : keptClass(id, keep, erase);
  return [of('usual', otherwise), ...(lunch === undefined ? [] : [of('lunch', lunch)])];
}

class World {
  readonly life = new Life();
  readonly clock: SetClock;
  readonly house: RetentionHouse;
  #made = 0;

  constructor(house: RetentionHouse, clock: SetClock) {
    this.house = house;
    this.clock = clock;
  }

  async play(one: Step): Promise<void> {
    switch (one.do) {
      case 'say':
        return this.#say({ who: one.who, where: one.where, late: one.late > 20 ? one.late : 0, of: undefined });
      case 'edit':
        return this.#edit(one);
      case 'pass':
        this.clock.pass(one.days * DAY_MS);
        return;
      case 'classes':
        return this.classes(one.wanted);
      case 'hold':
        return this.#hold(one.over);
      case 'release':
        return this.#release(one.over);
      default:
        return this.#act(one);
    }
  }

  async #act(one: Extract<Step, { do: 'jump' | 'confirm' | 'arm' | 'disarm' | 'run' | 'preview' }>): Promise<void> {
    switch (one.do) {
      case 'jump':
        this.house.suspect = { byMs: one.hours * 3_600_000, since: this.clock.now() };
        this.life.suspect = Math.abs(one.hours) > 1;
        return;
      case 'confirm':
        return this.#confirm();
      case 'arm':
        await this.house.arm();
        this.life.armed = true;
        return;
      case 'disarm':
        return this.#disarm();
      case 'preview':
        return this.#preview();
      case 'run':
        return this.#run();
    }
  }

  async #edit({ which, who }: Extract<Step, { do: 'edit' }>): Promise<void> {
    const of = this.life.said[which % Math.max(1, this.life.said.length)];
    if (of !== undefined && !of.gone) await this.#say({ who, where: of.where, late: 0, of });
  }

  async #confirm(): Promise<void> {
    const { suspect } = this.house;
    if (suspect !== undefined) await this.house.append('retention.clock-confirmed', { by: olivia, byMs: suspect.byMs });
    this.life.suspect = false;
  }

  async #disarm(): Promise<void> {
    const classes = await this.house.digest();
    await this.house.append('retention.armed', { armed: false, classes, why: 'asked', by: olivia });
    this.life.armed = false;
  }

  async classes(wanted: Wanted): Promise<void> {
    const { house, life } = this;
    const before = life.states.length === 0 ? undefined : await house.digest();
    const lunch = {
      name: 'lunch',
      class: must(parseClassId('lunch')),
      to: { rooms: [must(parseRoomId(rooms[1]))] },
    };
    const from = await house.classes(classesOf(wanted), 'usual', wanted.lunch === undefined ? [] : [lunch]);
    life.states.push({ from, wanted });
    if (before !== (await house.digest())) life.armed = false;
  }

  async #say(given: { who: number; where: number; late: number; of: Said | undefined }): Promise<void> {
    const { clock, house, life } = this;
    this.#made += 1;
    const { who, where, late, of } = given;
    const text = this.#made % 7 === 0 ? 'I guarantee it' : 'hello';
    const at = clock.now() - late * DAY_MS;
    const id = `$life-${String(this.#made)}`;
    const changes = of === undefined ? undefined : this.#events.get(of.position);
    const position = await house.put(eventDraft({ id, who, where, at, text, late: late > 0, changes }));
    life.said.push({ position, start: at, where, who, text, of, gone: false });
    this.#events.set(position, id);
  }

  /** By their records. */
  readonly #events = new Map<number, string>();

  async #hold(over: number): Promise<void> {
    const { life, house } = this;
    if (life.holds.has(over)) return;
    const name = life.name();
    const [appended] = await house.test.journal.append([await holdOn(name, overs[over] ?? 'guarantee', [])]);
    life.holds.set(over, { name, placed: appended?.position ?? 0 });
  }

  async #release(over: number): Promise<void> {
    const hold = this.life.holds.get(over);
    if (hold === undefined) return;
    await this.house.test.journal.append([released(hold.name, hold.placed)]);
    this.life.holds.delete(over);
  }

  /** Those that have to go, in the order of the record: what they speak of goes before them. */
  #expected(): readonly number[] {
    const now = this.clock.now();
    const going: Said[] = [];
    for (const one of this.life.said) {
      const due = this.life.dueAt(one);
      const stays = this.life.isHeld(one) || (one.of !== undefined && !one.of.gone && !going.includes(one.of));
      if (!one.gone && due !== undefined && due <= now && !stays) going.push(one);
    }
    return going.map(({ position }) => position);
  }

  /** What was not as expected. */
  readonly wrong: object[] = [];

  #same(what: string, got: unknown, wanted: unknown): void {
    if (JSON.stringify(got) !== JSON.stringify(wanted)) this.wrong.push({ what, got, wanted });
  }

  async #preview(): Promise<void> {
    const { house } = this;
    const expected = this.#expected();
    await house.preview();
    await house.idle();
    const previewed = (await house.of('retention.previewed')).at(-1);
    const due = previewed?.body.due.reduce((sum, { entries }) => sum + entries, 0);
    this.#same('previewed', due, expected.length);
    const gone = this.life.said.filter((one) => one.gone).map(({ position }) => position);
    this.#same('touched by a preview', await house.erased(), gone);
  }

  async #run(): Promise<void> {
    const { house, life } = this;
    const before = new Set(await house.erased());
    const certificates = (await house.of('retention.certificate')).length;
    const runs = life.armed && !life.suspect;
    const expected = runs ? this.#expected() : [];
    await house.run();
    await house.idle();
    const went = (await house.erased()).filter((position) => !before.has(position));
    this.#same('went', went, expected);
    for (const one of life.said) one.gone ||= went.includes(one.position);
    const after = await house.of('retention.certificate');
    this.#same('certificates', after.length, certificates + (runs ? 1 : 0));
    if (runs) await this.#certified(went, after.at(-1));
  }

  /** Every deletion stands in the entries of that very run, and in its counts. */
  async #certified(went: readonly number[], certificate: Entry | undefined): Promise<void> {
    if (certificate?.kind !== 'retention.certificate') throw new Error('no certificate');
    const { run, gone } = certificate.body;
    const batches = (await this.house.of('retention.erased')).filter(({ body }) => body.run === run);
    const named = batches.flatMap(({ body }) =>
      body.spans.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i)),
    );
    this.#same(
      'named',
      named.toSorted((a, b) => a - b),
      went,
    );
    this.#same(
      'certified',
      gone.reduce((sum, { entries }) => sum + entries, 0),
      went.length,
    );
  }
}

interface Made {
  readonly id: string;
  readonly who: number;
  readonly where: number;
  readonly at: number;
  readonly text: string;
  readonly late: boolean;
  /** An event. */
  readonly changes: string | undefined;
}

function eventDraft({ id, who, where, at, text, late, changes }: Made): DraftOf<'matrix.event'> {
  const sender = must(parseUserId(people[who] ?? people[0]));
  const room = must(parseRoomId(rooms[where] ?? rooms[0]));
  const time = must(parseMillis(at));
  return {
    kind: 'matrix.event',
    at: time,
    ...{ actor: sender, room, direction: 'internal' },
    source: { system: 'matrix', id, sure: true, ...(late ? { late: { by: 'walk-back' } } : {}) },
    body: {
      ...{ event_id: must(parseEventId(id)), type: 'm.room.message', room_id: room, sender, origin_server_ts: time },
      content: {
        ...{ msgtype: 'm.text', body: text },
        ...(changes === undefined ? {} : { 'm.relates_to': { rel_type: 'm.replace', event_id: changes } }),
      },
    },
  };
}

describe('a record that is kept and let go', () => {
  test('nothing goes early, unarmed, by a doubted clock or under hold; nothing stays longer than one run; all is certified', async () => {
    await fc.assert(
      fc.asyncProperty(wanted, fc.array(step, { minLength: 10, maxLength: 45 }), async (first, steps) => {
        const clock = new SetClock(START);
        await using house = await RetentionHouse.open({ clock });
        house.start();
        const world = new World(house, clock);
        await world.classes(first);
        for (const one of steps) await world.play(one);
        await world.play({ do: 'confirm' });
        await world.play({ do: 'arm' });
        await world.play({ do: 'run' });
        expect(world.wrong).toEqual([]);
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: 240_000, markInterruptAsFailure: false },
    );
  }, 300_000);
});
