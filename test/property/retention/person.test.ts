/**
 * Random records of two customers and two of the staff, what speaks of them, classes that are a law's and classes that are
 * the company's own, a hold, and one who wants to be erased: what goes is what the rules say and nothing else, it is what
 * the inventory promised, and the certificate has all of it. `RUNS` in the environment plays more.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DraftOf } from '../../../src/core/entry.ts';
import { must, parseClassId, parseContactId, parseEventId, parseMillis } from '../../../src/core/ids.ts';
import { parseRoomId, parseUserId, type Position } from '../../../src/core/ids.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { holdOn } from '../../support/holds.ts';
import { DAY_MS, keptClass, olivia, omar, RetentionHouse, SetClock, START } from '../../support/retention-house.ts';

const RUNS = Number(process.env['RUNS'] ?? 12);
const LAW_DAYS = 20;

const contacts = [must(parseContactId('c1000001')), must(parseContactId('c1000002'))] as const;
const staff = [must(parseUserId('@alice:acme.example')), must(parseUserId('@bob:acme.example'))] as const;
const rooms = ['!law:acme.example', '!own:acme.example'].map((room) => must(parseRoomId(room)));

interface Saying {
  readonly do: 'say' | 'react' | 'attempt' | 'redact';
  readonly who: 0 | 1;
  /** Of a customer's portal, or among colleagues. */
  readonly contact: 0 | 1 | undefined;
  readonly where: 0 | 1;
  readonly held: boolean;
  readonly of: number;
  readonly days: number;
}

const side = fc.constantFrom(0 as const, 1 as const);
const saying: fc.Arbitrary<Saying> = fc.record({
  do: fc.constantFrom('say' as const, 'say' as const, 'react' as const, 'attempt' as const, 'redact' as const),
  who: side,
  contact: fc.option(side, { nil: undefined }),
  where: side,
  held: fc.nat(9).map((n) => n === 0),
  of: fc.nat(40),
  days: fc.integer({ min: 0, max: 4 }),
});

interface Said extends Saying {
  readonly position: Position;
  readonly event: string;
  readonly at: number;
  readonly target: Said | undefined;
}

const asked = { by: olivia, room: must(parseRoomId('!desk:acme.example')), event: must(parseEventId('$asked')) };

class Life {
  readonly said: Said[] = [];
  readonly #house: RetentionHouse;
  readonly #clock: SetClock;

  constructor(house: RetentionHouse, clock: SetClock) {
    this.#house = house;
    this.#clock = clock;
  }

  async play(one: Saying): Promise<void> {
    this.#clock.pass(one.days * DAY_MS);
    // Attempts have no event that another one could speak of.
    const before = this.said.filter(({ do: did }) => did !== 'attempt');
    const target = one.do === 'say' ? undefined : before[one.of % Math.max(1, before.length)];
    if (one.do !== 'say' && target === undefined) return;
    const at = this.#clock.now();
    const event = `$life-${String(this.said.length)}`;
    const position =
      one.do === 'attempt' && target !== undefined
        ? await this.#house.append('delivery.attempt', { of: target.position, attempt: 1, target: 'network' })
        : await this.#house.put(eventDraft(one, { event, target, at }));
    this.said.push({ ...one, position, event, at, target });
  }

  /** What goes for the one who is `isAbout`. */
  gone(isAbout: (one: Said) => boolean): readonly Position[] {
    const theirs = (one: Said): boolean => isAbout(one) || (one.target !== undefined && theirs(one.target));
    const goes = (one: Said): boolean =>
      theirs(one) &&
      (one.target === undefined || (theirs(one.target) && goes(one.target))) &&
      !this.#isLaws(one) &&
      !this.#isHeld(one);
    return this.said.filter(goes).map(({ position }) => position);
  }

  /** An attempt stands in no room. */
  #isLaws({ do: did, where, at }: Said): boolean {
    return did !== 'attempt' && where === 0 && at + LAW_DAYS * DAY_MS > this.#clock.now();
  }

  #isHeld(one: Said): boolean {
    const top = (of: Said): Said => (of.target === undefined ? of : top(of.target));
    return this.said.some((other) => other.held && other.do === 'say' && top(other) === top(one));
  }
}

function eventDraft(
  one: Saying,
  made: { event: string; target: Said | undefined; at: number },
): DraftOf<'matrix.event'> {
  const id = must(parseEventId(made.event));
  const room = rooms[one.where];
  if (room === undefined) throw new Error('no room');
  const sender = staff[one.who];
  const at = must(parseMillis(made.at));
  const type = { say: 'm.room.message', attempt: '', react: 'm.reaction', redact: 'm.room.redaction' }[one.do];
  return {
    kind: 'matrix.event',
    ...{ at, actor: sender, room, direction: 'internal' },
    ...(one.contact === undefined ? {} : { contact: contacts[one.contact] }),
    source: { system: 'matrix', id, sure: true },
    body: { event_id: id, type, room_id: room, sender, origin_server_ts: at, content: contentOf(one, made.target) },
  };
}

function contentOf({ do: did, held }: Saying, target: Said | undefined): JsonObject {
  if (did === 'say') return { msgtype: 'm.text', body: held ? 'I guarantee it' : 'hello' };
  const event = target?.event ?? '';
  if (did === 'redact') return { redacts: event };
  return { 'm.relates_to': { rel_type: 'm.annotation', event_id: event, key: '👍' } };
}

describe('a person who wants to be erased', () => {
  test('is, but for what a law, a hold or somebody else needs', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(saying, { minLength: 5, maxLength: 30 }), fc.boolean(), async (sayings, isCustomer) => {
        const clock = new SetClock(START);
        await using house = await RetentionHouse.open({ clock });
        house.start();
        const law = keptClass('law', LAW_DAYS, LAW_DAYS);
        await house.classes([{ ...keptClass('own', 90), own: true }, law], 'own', [
          { name: 'law', class: must(parseClassId('law')), to: { rooms: rooms.slice(0, 1) } },
        ]);
        await house.test.journal.append([await holdOn('acme', 'guarantee')]);
        const life = new Life(house, clock);
        for (const one of sayings) await life.play(one);
        const subject = isCustomer ? { contacts: [contacts[0]], users: [] } : { contacts: [], users: [staff[0]] };
        const { looked, erased } = await request(house, subject);
        const gone = life.gone(({ do: did, contact, who }) =>
          did === 'attempt' ? false : isCustomer ? contact === 0 : who === 0,
        );
        expect(await house.erased()).toEqual(gone);
        expect(erased).toEqual(looked);
        const [certificate] = await house.of('retention.certificate');
        expect(certificate?.body.gone.reduce((sum, { entries }) => sum + entries, 0)).toBe(gone.length);
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: 200_000, markInterruptAsFailure: false },
    );
  }, 300_000);
});

async function request(house: RetentionHouse, subject: DraftOf<'dsar.opened'>['body']['subject']) {
  const due = must(parseMillis(house.clock.now() + DAY_MS));
  const opened = await house.append('dsar.opened', { subject, wants: 'erase', due, by: olivia, at: asked });
  await house.idle();
  const look = (await house.of('dsar.looked'))[0];
  if (look === undefined) throw new Error('nobody has looked');
  const run = { request: opened, look: look.position, by: olivia, at: asked };
  const ask = await house.append('dsar.run-requested', run);
  await house.append('dsar.decided', { request: opened, asked: ask, by: olivia, approvedBy: omar });
  await house.idle();
  return { looked: look.body.counts, erased: (await house.of('dsar.erased'))[0]?.body.counts };
}
