import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Draft } from '../../../../src/core/entry.ts';
import { lane, taskIdFor } from '../../../../src/core/ids.ts';
import type { Recorder } from '../../../../src/core/ports/recorder.ts';
import { failedVerdict } from '../../../../src/policy/engine/fail-modes.ts';
import type { MessageContext } from '../../../../src/policy/message.ts';
import { SCREEN } from '../../../../src/policy/judging/screen.ts';
import { countTasks } from '../../../../src/tasks/open-tasks.ts';
import { createTaskRunner, type TaskRunner } from '../../../../src/tasks/runner.ts';
import { draftOf } from '../../../support/journal.ts';
import { KeptLog, KeptMetrics } from '../../../support/quiet.ts';
import {
  alice,
  at,
  began,
  bob,
  eventDraft,
  ghost,
  otherRoom,
  position,
  smsDraft,
  textDraft,
} from '../../../unit/policy/judging/made-entries.ts';
import { openJudgingHouse, ruleChanged, ruleText, type JudgingHouse } from './judging-house.ts';

const card = '4111 1111 1111 1111';
const everywhere = ruleText('cards', { scope: { directions: ['inbound', 'internal', 'external'] }, then: 'redact' });
const internal = { direction: 'internal' } as const;

let house: JudgingHouse;
beforeEach(async () => {
  house = await openJudgingHouse();
});
afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

function runnerOf(within: JudgingHouse, journal: Pick<Recorder, 'append'> = within.journal): TaskRunner {
  const { clock, screen } = within;
  const others = { log: new KeptLog(), metrics: new KeptMetrics(), parallel: 4, random: () => 0 };
  const recorder = {
    append: (...given: Parameters<Recorder['append']>) => journal.append(...given),
    read: within.journal.read.bind(within.journal),
    views: within.journal.views,
    onCommitted: within.journal.onCommitted.bind(within.journal),
    size: () => within.journal.size(),
  };
  return createTaskRunner({ journal: recorder, handlers: screen, clock, ...others });
}

/** Puts a rule into force, on record and in the engine. */
async function enforce(text: string): Promise<void> {
  await house.put(ruleChanged(text));
  house.use(text);
}

async function screened(...drafts: readonly Draft[]): Promise<void> {
  await house.journal.append(drafts);
  await using runner = runnerOf(house);
  runner.start();
  await runner.idle();
}

async function left(within: JudgingHouse): Promise<number> {
  return (await within.journal.views.read(countTasks)).ready;
}

describe('What is there already', () => {
  test.each<readonly [string, Draft]>([
    ['inside', textDraft(card, internal)],
    ['among strangers', textDraft(card, { direction: 'external' })],
    ['as a topic', eventDraft({ topic: card }, { ...internal, type: 'm.room.topic', stateKey: '' })],
    ['as the name of a file', eventDraft({ msgtype: 'm.file', body: card }, internal)],
  ])('is looked at when it was said %s: what is to be hidden is to be taken away', async (_, draft) => {
    await enforce(everywhere);
    await screened(draft);
    const [entry] = await house.entries('policy.verdict');
    expect(entry).toMatchObject({
      ...{ room: draft.room, direction: draft.direction },
      body: {
        of: 2,
        consequence: 'redact',
        hits: [{ rule: 'cards', consequence: 'redact', notify: false, dryRun: false }],
      },
    });
    expect(entry?.body.until).toBeUndefined();
    expect(await left(house)).toBe(0);
  });

  test('is looked at as well when it was found late: in a gap, or by walking back', async () => {
    await enforce(everywhere);
    const late = textDraft(card, internal);
    await screened(
      ...(['gap', 'walk-back'] as const).map((by, nth) => ({
        ...textDraft(`${card} ${nth}`, internal),
        source: { ...late.source, id: `$late${nth}`, late: { by } },
      })),
    );
    const verdicts = await house.entries('policy.verdict');
    expect(verdicts.map(({ body }) => body.consequence)).toEqual(['redact', 'redact']);
  });

  test('is warned of afterwards, unless its sender has said before why it shall be sent all the same', async () => {
    const warns = ruleText('cards', { scope: { directions: ['internal'] }, then: 'warn' });
    await enforce(warns);
    await screened(textDraft(card, internal));
    const [first] = await house.entries('policy.verdict');
    expect(first?.body).toMatchObject({ consequence: 'warn' });
    expect(first?.body).not.toHaveProperty('until');
    const { content } = first?.body ?? {};
    const reason = { by: alice, reason: 'she asked for it', until: at(began + 60_000) };
    await house.put(draftOf('policy.overridden', { of: position(2), content: content ?? '', ...reason }));
    await screened(
      textDraft(card, { ...internal, at: began + 30_000 }),
      textDraft(card, { ...internal, at: began + 90_000 }),
      textDraft(card, { ...internal, sender: bob, at: began + 30_000 }),
    );
    const verdicts = await house.entries('policy.verdict');
    expect(verdicts.map(({ body }) => body.consequence)).toEqual(['warn', 'flag', 'warn', 'warn']);
  });

  test('leaves no record where it is clean and all of it was read', async () => {
    await enforce(everywhere);
    await screened(textDraft('hello', internal), textDraft('bye', internal));
    expect(house.asked()).toBe(2);
    expect(await house.entries('policy.verdict')).toEqual([]);
  });

  test('is on record as unread where it can not be read', async () => {
    await enforce(everywhere);
    await screened(eventDraft({ msgtype: 'm.image', body: 'a.png' }, internal));
    const [entry] = await house.entries('policy.verdict');
    expect(entry?.body).toMatchObject({ consequence: 'none', hits: [], unread: [{ why: 'image', part: 0 }] });
  });

  test('is looked at only where a rule is enabled that holds for it', async () => {
    await screened(textDraft(card, internal));
    const outbound = ruleText('cards');
    await enforce(outbound);
    await screened(textDraft(card, internal));
    await house.put(ruleChanged(everywhere, { change: 'changed', set: { enabled: false } }));
    await screened(textDraft(card, internal));
    expect(house.asked()).toBe(0);
    await house.put(ruleChanged(everywhere, { change: 'switched', set: { enabled: true } }));
    house.use(everywhere);
    await screened(textDraft(card, internal));
    expect(house.asked()).toBe(1);
    await house.put(ruleChanged(everywhere, { change: 'removed' }));
    await screened(textDraft(card, internal));
    expect(house.asked()).toBe(1);
  });

  test.each<readonly [string, Draft]>([
    ['by our own users', textDraft(card, { ...internal, sender: ghost })],
    ['in our own rooms', textDraft(card, { ...internal, room: otherRoom })],
    ['on its way out', textDraft(card, { direction: 'outbound' })],
    ['by a customer: before it is shown', smsDraft(card)],
    ['with an emoji', eventDraft({ 'm.relates_to': { key: '👍' } }, { ...internal, type: 'm.reaction' })],
    ['by a membership', eventDraft({ membership: 'join' }, { ...internal, type: 'm.room.member', stateKey: alice })],
  ])('is not looked at when it was said %s', async (_, draft) => {
    await enforce(everywhere);
    await screened(draft);
    expect(house.asked()).toBe(0);
    expect(await left(house)).toBe(0);
  });

  test('is judged with what its sender said just before in that room, edits in place of what they replace', async () => {
    const together = ruleText('cards', { scope: { directions: ['internal'] }, together: 5, then: 'flag' });
    await enforce(together);
    const replaced = { rel_type: 'm.replace', event_id: '$typo' };
    await screened(
      textDraft('4111 1112', { ...internal, id: '$typo', at: began + 1_000 }),
      textDraft('9999', { ...internal, sender: bob, at: began + 2_000 }),
      textDraft('8888', { ...internal, room: otherRoom, at: began + 2_500 }),
      eventDraft(
        { body: '* x', 'm.new_content': { msgtype: 'm.text', body: '4111 1111' }, 'm.relates_to': replaced },
        { ...internal, at: began + 3_000 },
      ),
      textDraft('1111 1111', { ...internal, at: began + 4_000 }),
      textDraft('1111 1111', { ...internal, at: began + 4_000 + 5 * 60_000 }),
    );
    const verdicts = await house.entries('policy.verdict');
    expect(verdicts.map(({ body }) => body.of)).toEqual([6]);
    expect(verdicts[0]?.body.hits[0]?.findings[0]?.over).toEqual([5]);
  });

  test('waits for an engine that is not ready', async () => {
    await enforce(everywhere);
    const set = house.use(everywhere);
    house.answer(() =>
      Promise.resolve(failedVerdict(set, { content: 'c', pieces: [], unread: [] }, context, 'not-ready')),
    );
    await house.journal.append([textDraft(card, internal)]);
    await using runner = runnerOf(house);
    runner.start();
    await until(() => house.asked() > 0);
    await until(() => house.clock.timers > 0);
    expect(await house.entries('policy.verdict')).toEqual([]);
    house.answer(undefined);
    house.clock.advance(250);
    await until(async () => (await left(house)) === 0);
    expect(await house.entries('policy.verdict')).toHaveLength(1);
  });
});

const context: MessageContext = {
  ...{ direction: 'internal', at: at(0), sender: alice, senderGroups: [], tags: [], before: [] },
};

async function until(is: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await is())) await new Promise((resolve) => setImmediate(resolve));
}

type Line = 'before it is judged' | 'before the verdict is on record' | 'after the verdict is on record';

describe('Whoever looks at it, killed', () => {
  test.each<Line>(['before it is judged', 'before the verdict is on record', 'after the verdict is on record'])(
    '%s: the next life ends with one verdict',
    async (line) => {
      await enforce(everywhere);
      await house.journal.append([textDraft(card, internal), textDraft('hello', internal)]);
      const struck = Promise.withResolvers<undefined>();
      const forever = <T>(): Promise<T> => {
        struck.resolve(undefined);
        return new Promise<T>(() => undefined);
      };
      if (line === 'before it is judged') house.answer(() => forever());
      const runner = runnerOf(house, {
        append: async (...given) => {
          if (line === 'before the verdict is on record') return forever();
          const appended = await house.journal.append(...given);
          return line === 'after the verdict is on record' ? forever() : appended;
        },
      });
      runner.start();
      await struck.promise;
      const stopped = runner.stop(1);
      house.clock.advance(10_000);
      await Promise.race([stopped, until(() => true)]);
      await house.test.close();

      await using next = await openJudgingHouse({ place: house.test.place });
      next.use(everywhere);
      await using again = runnerOf(next);
      again.start();
      await again.idle();
      const verdicts = await next.entries('policy.verdict');
      expect(verdicts.map(({ body }) => body.of)).toEqual([2]);
      expect(await left(next)).toBe(0);
      expect(await next.journal.stale()).toEqual([]);
    },
  );

  test('and looking once more: the verdict is the same entry', async () => {
    await enforce(everywhere);
    const message = await house.put(textDraft(card, internal));
    await screened();
    house.clock.advance(60_000);
    const { position: of } = message;
    const task = { id: taskIdFor(of, SCREEN), lane: lane('screen', of.toString()), kind: SCREEN, position: of };
    const ready = { ...task, state: 'ready', attempts: 1, notBefore: at(0) } as const;
    const run = house.screen.get(SCREEN)?.run;
    const turn = await run?.(ready, message, { signal: new AbortController().signal, mayRepeat: true });
    if (turn?.to !== 'done') throw new Error('not done');
    expect(await house.journal.append(turn.entries ?? [])).toMatchObject([{ duplicate: true }]);
    expect(await house.entries('policy.verdict')).toHaveLength(1);
  });
});
