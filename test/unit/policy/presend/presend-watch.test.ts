import { beforeEach, describe, expect, test } from '@jest/globals';
import { must, parseEventId, parseMillis, parseRoomId, parseUserId, type EventId } from '../../../../src/core/ids.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import type { HomeserverFailure } from '../../../../src/core/ports/homeserver.ts';
import type { PresendQuestion, TrialGround } from '../../../../src/core/ports/presend.ts';
import { err, ok, type Result } from '../../../../src/core/result.ts';
import { PresendTrials } from '../../../../src/policy/presend/presend-trials.ts';
import { PresendWatch, type Came } from '../../../../src/policy/presend/presend-watch.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const id = (name: string): EventId => must(parseEventId(`$${name}`));
const alice = '@alice:acme.example';
const HOUR_MS = 3_600_000;

let clock: ManualClock;
let warnings: Map<string, string>;
let trials: PresendTrials;
let watch: PresendWatch;

beforeEach(() => {
  clock = new ManualClock();
  warnings = new Map();
  trials = new PresendTrials();
  const clear = (key: string): void => {
    warnings.delete(key);
  };
  watch = new PresendWatch({
    ...{ clock, trials, warnings: { set: (key, words) => warnings.set(key, words), clear } },
    isAskedAbout: (user) => user === alice,
  });
  clock.advance(HOUR_MS);
});

function question(event: EventId, content: JsonObject = {}): PresendQuestion {
  const room = must(parseRoomId('!a:acme.example'));
  const asked = { id: event, type: 'm.room.message', room, sender: must(parseUserId(alice)), at: clock.now(), content };
  return { callback: 'check_event_for_spam', event: { ...asked, whole: {} } };
}

function came(event: EventId, more: Partial<Came> & { readonly type?: string } = {}): Came {
  const { type = 'm.room.message', ...rest } = more;
  return { at: clock.now(), sender: alice, duplicate: false, event: { event_id: event, type }, ...rest };
}

describe('Messages that come without having been asked about', () => {
  const unasked = (more?: Parameters<typeof came>[1]) => ['a', 'b', 'c', 'd'].map((name) => came(id(name), more));

  test('are told of from the third one in a row, until Synapse asks', () => {
    watch.captured(unasked().slice(0, 2));
    expect(warnings.size).toBe(0);
    watch.captured(unasked().slice(2));
    expect([...warnings.values()]).toEqual([expect.stringContaining('without asking first')]);
    watch.asked(question(id('e')));
    expect(warnings.size).toBe(0);
  });

  test.each<readonly [string, Parameters<typeof came>[1]]>([
    ['what a ghost or somebody of another server says', { sender: '@eve:elsewhere.example' }],
    ['what came before', { duplicate: true }],
    ['what nobody is asked about', { type: 'm.room.member' }],
    ['what waited while Gatehouse was away', { at: must(parseMillis(1)) }],
  ])('%s is not among them', (_, more) => {
    watch.captured(unasked(more));
    expect(warnings.size).toBe(0);
  });

  test('only the newest 5,000 questions are remembered', () => {
    const events = Array.from({ length: 5_003 }, (_, n) => id(`e${n}`));
    for (const event of events) watch.asked(question(event));
    watch.captured(events.slice(3).map((event) => came(event)));
    expect(warnings.size).toBe(0);
    watch.captured(events.slice(0, 3).map((event) => came(event)));
    expect(warnings.size).toBe(1);
  });

  test('what was asked is not among them, in whatever order it comes', () => {
    const events = Array.from({ length: 50 }, (_, n) => id(`e${n}`));
    for (const event of events) watch.asked(question(event));
    watch.captured(events.toReversed().map((event) => came(event)));
    expect(warnings.size).toBe(0);
  });
});

describe('What health is told', () => {
  test('when Synapse asked last, how much was refused or not judged, and how long nearly all of it took', () => {
    expect(watch.status()).toEqual({ refused: 0, unjudged: 0 });
    watch.asked(question(id('a')));
    for (let ms = 1; ms <= 100; ms += 1) watch.answered('allowed', ms);
    watch.answered('refused', 3);
    watch.answered('unjudged', 3);
    watch.notAsked();
    expect(watch.status()).toEqual({ asked: clock.now(), refused: 1, unjudged: 2, slowMs: 99 });
  });

  test('a wrong secret, until the right one is shown', () => {
    watch.stranger();
    expect([...warnings.values()]).toEqual([expect.stringContaining('without the right secret')]);
    watch.pinged();
    expect(warnings.size).toBe(0);
  });
});

describe('A trial of the module', () => {
  const closed: HomeserverFailure = { kind: 'forbidden', errcode: 'M_UNKNOWN', detail: '' };
  const refused: HomeserverFailure = { kind: 'forbidden', errcode: 'M_NOT_FOUND', detail: '' };
  const down: HomeserverFailure = { kind: 'down', detail: '' };
  const notThere: HomeserverFailure = { kind: 'forbidden', errcode: 'M_FORBIDDEN', detail: '' };
  const accepted = ok(id('x'));
  const room = must(parseRoomId('!barrier:acme.example'));
  const outsider = must(parseUserId('@compliance:acme.example'));
  const inviting = { callback: 'user_may_invite', inviter: outsider, invitee: must(parseUserId(alice)), room } as const;
  const joining = { callback: 'user_may_join_room', user: outsider, room } as const;
  const ground = (more: Partial<TrialGround> = {}): TrialGround => ({
    ...{ outsider, room: () => Promise.resolve(ok(room)), send: () => Promise.resolve(accepted) },
    invite: () => Promise.resolve(err(notThere)),
    join: () => Promise.resolve(err(notThere)),
    ...more,
  });

  /** What Synapse does between the sending and its answer. */
  const run = async (during: (content: JsonObject) => void, answer: Result<EventId, HomeserverFailure>) => {
    const send = (content: JsonObject) => {
      during(content);
      return Promise.resolve(answer);
    };
    const tried = await trials.run(ground({ send }));
    return tried === 'busy' ? tried : tried.check_event_for_spam;
  };
  const ask = (content: JsonObject): void => {
    expect(watch.asked(question(id('t'), content))).toBe(true);
  };
  const nothing = (): void => undefined;
  const stranger = (): void => {
    watch.stranger();
  };

  test.each<readonly [string, (content: JsonObject) => void, Result<EventId, HomeserverFailure>]>([
    ['open', ask, accepted],
    ['closed', ask, err(closed)],
    ['elsewhere', ask, err(refused)],
    ['not-asked', nothing, accepted],
    ['elsewhere', nothing, err(refused)],
    ['wrong-secret', stranger, accepted],
    ['wrong-secret', stranger, err(closed)],
    ['unclear', ask, err(down)],
  ])('%s', async (outcome, during, answer) => {
    expect(await run(during, answer)).toBe(outcome);
  });

  test('lets nothing else past the rules: not with another mark, not afterwards, not beside it', async () => {
    let kept: JsonObject = {};
    await run((content) => {
      kept = content;
      const other = Object.fromEntries(Object.keys(content).map((key) => [key, 'mine']));
      expect(watch.asked(question(id('u'), other))).toBe(false);
    }, accepted);
    expect(watch.asked(question(id('v'), kept))).toBe(false);
  });

  test('runs alone', async () => {
    const send = async () => {
      expect(await trials.run(ground())).toBe('busy');
      return accepted;
    };
    expect(await trials.run(ground({ send }))).toMatchObject({ check_event_for_spam: 'not-asked' });
    expect(await trials.run(ground())).not.toBe('busy');
  });

  describe.each([
    ['user_may_invite', 'invite', inviting],
    ['user_may_join_room', 'join', joining],
  ] as const)('of %s', (callback, act, asked) => {
    const isAsked = (): void => {
      expect(watch.asked(asked)).toBe(true);
    };

    test.each<readonly [string, () => void, Result<undefined, HomeserverFailure>]>([
      ['open', isAsked, err(notThere)],
      ['open', isAsked, ok(undefined)],
      ['closed', isAsked, err(closed)],
      ['elsewhere', isAsked, err(refused)],
      ['not-asked', nothing, err(notThere)],
      ['elsewhere', nothing, err(refused)],
      ['wrong-secret', stranger, err(notThere)],
      ['wrong-secret', stranger, err(closed)],
      ['unclear', isAsked, err(down)],
    ])('%s', async (outcome, during, answer) => {
      const trying = () => {
        during();
        return Promise.resolve(answer);
      };
      expect(await trials.run(ground({ [act]: trying }))).toMatchObject({ [callback]: outcome });
    });

    test('takes no other question for its own: of somebody else, of another room, afterwards', async () => {
      const other = must(parseRoomId('!deals:acme.example'));
      const trying = () => {
        const somebody = must(parseUserId(alice));
        const theirs =
          asked.callback === 'user_may_invite' ? { ...asked, inviter: somebody } : { ...asked, user: somebody };
        expect(watch.asked(theirs)).toBe(false);
        expect(watch.asked({ ...asked, room: other })).toBe(false);
        expect(watch.asked(asked.callback === 'user_may_invite' ? joining : inviting)).toBe(false);
        return Promise.resolve(err(notThere));
      };
      expect(await trials.run(ground({ [act]: trying }))).toMatchObject({ [callback]: 'not-asked' });
      expect(watch.asked(asked)).toBe(false);
    });
  });

  test('is unclear as a whole where the room can be neither found nor made', async () => {
    const tried = await trials.run(ground({ room: () => Promise.resolve(err(down)) }));
    expect(Object.values(tried)).toEqual(['unclear', 'unclear', 'unclear']);
  });
});
