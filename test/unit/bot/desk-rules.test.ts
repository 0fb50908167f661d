import { describe, expect, test } from '@jest/globals';
import { deskRole } from '../../../src/bot/compliance/desk-role.ts';
import { KEPT_FOR_MS, PageMemory, PAGES_KEPT } from '../../../src/bot/compliance/page-memory.ts';
import { whySilent, type DeskRoomState } from '../../../src/bot/compliance/room-rules.ts';
import { fullTime, shownTime } from '../../../src/bot/compliance/shown-time.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { alice, audrey, bob, desk, domain, ghost, millis, now, olivia, rita, room, user } from './samples.ts';

describe('who may ask a desk', () => {
  test.each([
    [olivia, 'officer'],
    [rita, 'reviewer'],
    [audrey, 'auditor'],
    [alice, undefined],
    [ghost, undefined],
    [user('@compliance:acme.example'), undefined],
    [user('@olivia:evil.example'), undefined],
    [user('@olivia:evil.example:acme.example'), undefined],
    [user('@Olivia:acme.example'), undefined],
  ])('%s is %s', (who, role) => {
    expect(deskRole(desk, who, domain)).toBe(role);
  });

  test('a role given to another server’s user counts for nothing', () => {
    const stranger = user('@olivia:evil.example');
    expect(deskRole({ ...desk, officers: [stranger] }, stranger, domain)).toBeUndefined();
    expect(deskRole({ ...desk, officers: [ghost] }, ghost, domain)).toBeUndefined();
  });
});

describe('where a desk answers', () => {
  const isOurs = (who: string): boolean => who === ghost || who === '@compliance:acme.example';
  const good: DeskRoomState = {
    encrypted: false,
    joinRule: 'invite',
    members: [olivia, rita, user('@compliance:acme.example'), ghost].map((who) => ({ user: who, membership: 'join' })),
  };
  const silent = (change: Partial<DeskRoomState>) => whySilent(desk, { ...good, ...change }, isOurs);

  test('an invite-only, unencrypted room of people with roles and our own', () => {
    expect(silent({})).toBeUndefined();
    expect(silent({ joinRule: undefined })).toBeUndefined();
  });

  test.each(['public', 'knock', 'restricted', 'knock_restricted', 'unknown'])(
    'not where the join rule is %s',
    (joinRule) => {
      expect(silent({ joinRule })?.why).toBe('not-invite-only');
    },
  );

  test('not where it is encrypted', () => {
    expect(silent({ encrypted: true })?.why).toBe('encrypted');
  });

  test('not where somebody without a role is, or is invited', () => {
    expect(silent({ members: [...good.members, { user: bob, membership: 'join' }] })?.text).toBe(
      "I don't answer here: @bob:acme.example has no role at this desk. Remove them from the room, or give them a role in the config.",
    );
    expect(silent({ members: [...good.members, { user: bob, membership: 'invite' }] })?.why).toBe('stranger');
    const many = [1, 2, 3, 4, 5].map((n) => ({ user: user(`@s${n}:acme.example`), membership: 'join' as const }));
    expect(silent({ members: many })?.text).toContain('@s3:acme.example and 2 more have no role');
  });
});

describe('times', () => {
  test.each([
    [Date.UTC(2026, 2, 6, 21, 2), 'Fri 16:02'],
    [Date.UTC(2026, 2, 2, 15, 0), 'Mon 10:00'],
    [Date.UTC(2026, 1, 27, 15, 0), 'Fri 27 Feb 10:00'],
    [Date.UTC(2026, 0, 1, 4, 59), '31 Dec 2025 23:59'],
    [Date.UTC(2026, 2, 8, 15, 0), 'Sun 8 Mar 11:00'],
  ])('%d reads %s in the desk’s zone', (at, shown) => {
    expect(shownTime(millis(at), 'America/New_York', now)).toBe(shown);
  });

  test('in full they name the zone', () => {
    expect(fullTime(now, 'America/New_York')).toBe('Fri 6 Mar 2026 16:30:00 EST');
  });
});

describe('where a search goes on', () => {
  const page = { query: 'x', cursor: { size: 9, last: 5, found: 5 }, shown: 5 };
  const here = room('!desk:acme.example');

  test('is kept for each officer and room', () => {
    const pages = new PageMemory(new ManualClock());
    pages.keep(here, olivia, page);
    expect(pages.next(here, olivia)).toEqual(page);
    expect(pages.next(here, rita)).toBeUndefined();
    expect(pages.next(room('!other:acme.example'), olivia)).toBeUndefined();
    pages.keep(here, olivia, undefined);
    expect(pages.next(here, olivia)).toBeUndefined();
  });

  test('is forgotten after a while', () => {
    const clock = new ManualClock();
    const pages = new PageMemory(clock);
    pages.keep(here, olivia, page);
    clock.advance(KEPT_FOR_MS + 1);
    expect(pages.next(here, olivia)).toBeUndefined();
  });

  test('takes bounded memory', () => {
    const pages = new PageMemory(new ManualClock());
    const people = Array.from({ length: PAGES_KEPT + 1 }, (_, i) => user(`@o${i}:acme.example`));
    for (const who of people) pages.keep(here, who, page);
    const kept = people.filter((who) => pages.next(here, who) !== undefined);
    expect(kept).toHaveLength(PAGES_KEPT);
    expect(kept).not.toContain(people[0]);
  });
});
