import { expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { keepingDeps } from '../../../src/app/retention-holds.ts';
import type { Draft } from '../../../src/core/entry.ts';
import { must, parseDeskId, parseEventId, parsePosition } from '../../../src/core/ids.ts';
import { verdictsWriterPart } from '../../../src/policy/verdicts/projections.ts';
import { bridgeWriterPart } from '../../../src/bridge/projections.ts';
import { holdsWriterPart } from '../../../src/retention/holds/projections.ts';
import { erasing, holdOn, leftOutAt, released } from '../../support/holds.ts';
import { draftOf, openTestJournal } from '../../support/journal.ts';
import { BOB, ROOM, wrote } from '../../support/search.ts';

jest.setTimeout(120_000);

const EVE = '@eve:acme.example';
const WORDS = ['apple', 'bread', 'cream'] as const;
/** What a hold may be over; whether it covers a message of that sender and those words. */
const QUERIES: readonly (readonly [string, (said: Said) => boolean])[] = [
  ['user:@bob', ({ sender }) => sender === BOB],
  ['-user:@bob', ({ sender }) => sender !== BOB],
  ['apple', ({ word }) => word === 'apple'],
  ['bread user:@bob', ({ word, sender }) => word === 'bread' && sender === BOB],
  ['cream OR apple', ({ word }) => word === 'cream' || word === 'apple'],
  ['kind:desk.command', ({ word }) => word === undefined],
];

interface Said {
  readonly sender: string | undefined;
  readonly word: (typeof WORDS)[number] | undefined;
}

const pick = fc.nat({ max: 1_000 });
const say = fc.record({
  do: fc.constant('say' as const),
  sender: fc.constantFrom(BOB, EVE),
  word: fc.constantFrom(...WORDS),
  /** An edit of an earlier message, or of none. */
  of: fc.option(pick, { nil: undefined }),
});
const step = fc.oneof(
  { weight: 8, arbitrary: say },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('show' as const), of: fc.array(pick, { maxLength: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('hold' as const), query: fc.nat({ max: QUERIES.length - 1 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('release' as const), hold: pick }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('erase' as const), of: fc.array(pick, { maxLength: 12 }) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What should be, worked out from the whole history each time. */
class Model {
  readonly said = new Map<number, Said>();
  /** Pairs of one family. */
  readonly links: (readonly [number, number])[] = [];
  readonly mentions = new Map<number, readonly number[]>();
  readonly holds: { readonly position: number; readonly query: number; stands: boolean }[] = [];
  readonly erased = new Set<number>();

  #isHeldItself(at: number): boolean {
    const said = this.said.get(at);
    return this.holds.some(({ query, stands }) => stands && said !== undefined && (QUERIES[query]?.[1](said) ?? false));
  }

  #family(at: number): ReadonlySet<number> {
    const family = new Set([at]);
    for (let size = 0; size !== family.size;) {
      size = family.size;
      for (const [a, b] of this.links) {
        if (this.erased.has(a) || this.erased.has(b) || !(family.has(a) || family.has(b))) continue;
        family.add(a);
        family.add(b);
      }
    }
    return family;
  }

  isHeld(at: number): boolean {
    const around = [at, ...(this.mentions.get(at) ?? [])].filter((one) => !this.erased.has(one));
    return around.some((one) => [...this.#family(one)].some((member) => this.#isHeldItself(member)));
  }
}

const eventAt = (n: number) => must(parseEventId(`$event${String(n)}`));

/** What comes next on record, at `at`, noted in the model. */
class Writer {
  readonly #model: Model;

  constructor(model: Model) {
    this.#model = model;
  }

  next(one: Step, at: number): Promise<Draft | undefined> | Draft | undefined {
    switch (one.do) {
      case 'say':
        return this.#say(one, at);
      case 'show':
        return this.#show(one.of, at);
      case 'hold':
        this.#model.holds.push({ position: at, query: one.query, stands: true });
        return holdOn(`hold-${String(at)}`, QUERIES[one.query]?.[0] ?? '');
      case 'release':
        return this.#release(one.hold);
      case 'erase':
        return erasing(...this.#earlier(one.of).filter((n) => !this.#model.erased.has(n)));
    }
  }

  #earlier(picked: readonly number[]): readonly number[] {
    const said = [...this.#model.said.keys()];
    return [...new Set(picked.flatMap((n) => said[n % Math.max(1, said.length)] ?? []))];
  }

  #say({ sender, word, of }: Extract<Step, { do: 'say' }>, at: number): Draft | undefined {
    const [edited] = this.#earlier(of === undefined ? [] : [of]);
    const about = edited !== undefined && this.#model.said.get(edited)?.word !== undefined ? edited : undefined;
    this.#model.said.set(at, { sender, word });
    if (about !== undefined) this.#model.links.push([about, at]);
    const relation =
      about === undefined ? {} : { 'm.relates_to': { rel_type: 'm.reference', event_id: eventAt(about) } };
    const draft = wrote({ msgtype: 'm.text', body: word, ...relation }, { sender });
    if (draft.kind !== 'matrix.event') return undefined;
    const event = eventAt(at);
    return { ...draft, source: { ...draft.source, id: event }, body: { ...draft.body, event_id: event } };
  }

  #show(of: readonly number[], at: number): Draft {
    const shown = this.#earlier(of);
    this.#model.said.set(at, { sender: undefined, word: undefined });
    this.#model.mentions.set(at, shown);
    return draftOf('desk.command', {
      ...{ desk: must(parseDeskId('main')), room: ROOM, event: must(parseEventId('$asked')) },
      ...{ command: `search${String(at)}`, code: 'ok', positions: shown.map((n) => must(parsePosition(n))) },
    });
  }

  #release(picked: number): Draft | undefined {
    const { holds } = this.#model;
    const hold = holds[picked % Math.max(1, holds.length)];
    if (hold === undefined) return undefined;
    hold.stands = false;
    return released(`hold-${String(hold.position)}`, hold.position);
  }
}

test('whatever is said, held, released and erased in whatever order: what a hold covers stays, with its family, and nothing else', async () => {
  const parts = [
    bridgeWriterPart({ domain: 'acme.example' }),
    verdictsWriterPart(),
    holdsWriterPart({ ...keepingDeps, isUndecided: () => Promise.resolve(false) }),
  ];
  // No task is made: what is open is no reason here.
  const planless = parts.map((part) => ({ ...part, planners: [] }));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 40 }), async (history) => {
      await using opened = await openTestJournal({ parts: planless });
      const { journal } = opened;
      const model = new Model();
      const writer = new Writer(model);
      let at = 1;
      for (const one of history) {
        const draft = await writer.next(one, at);
        if (draft === undefined) continue;
        const [appended] = await journal.append([draft]);
        expect(appended?.position).toBe(at);
        at += 1;
        if (draft.kind !== 'retention.erased') continue;
        const asked = draft.body.spans.map(([from]) => Number(from));
        const stays = asked.filter((n) => model.isHeld(n)).toSorted((a, b) => a - b);
        const left = await leftOutAt(journal, at - 1);
        expect(left.map((entry) => [Number(entry.position), entry.why])).toEqual(stays.map((n) => [n, 'hold']));
        for (const n of asked) if (!stays.includes(n)) model.erased.add(n);
      }
    }),
    { numRuns: 60 },
  );
});
