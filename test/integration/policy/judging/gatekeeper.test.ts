import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DraftOf } from '../../../../src/core/entry.ts';
import { must, parsePortalId, type Position } from '../../../../src/core/ids.ts';
import type { Passage } from '../../../../src/core/ports/gatekeeper.ts';
import { failedVerdict } from '../../../../src/policy/engine/fail-modes.ts';
import { noRules } from '../../../../src/policy/judging/rules-for.ts';
import type { MessageContext } from '../../../../src/policy/message.ts';
import { draftOf } from '../../../support/journal.ts';
import { alice, at, bob, eventDraft, position, sales, textDraft } from '../../../unit/policy/judging/made-entries.ts';
import { EXPIRES_MS, openJudgingHouse, ruleChanged, ruleText, type JudgingHouse } from './judging-house.ts';

const card = '4111 1111 1111 1111';
const portal = must(parsePortalId('p1'));

let house: JudgingHouse;
beforeEach(async () => {
  house = await openJudgingHouse();
});
afterEach(async () => {
  await house[Symbol.asyncDispose]();
});

function outbound(text: string, more: Parameters<typeof textDraft>[1] = {}): DraftOf<'matrix.event'> {
  return { ...textDraft(text, { direction: 'outbound', ...more }), portal, line: sales.id };
}

async function say(text: string, more: Parameters<typeof textDraft>[1] = {}): Promise<Position> {
  return (await house.put(outbound(text, more))).position;
}

async function edit(id: string, text: string): Promise<Position> {
  const content = {
    ...{ msgtype: 'm.text', body: `* ${text}` },
    'm.new_content': { msgtype: 'm.text', body: text },
    'm.relates_to': { rel_type: 'm.replace', event_id: id },
  };
  return (await house.put({ ...eventDraft(content, { direction: 'outbound' }), portal, line: sales.id })).position;
}

/** Puts on record what goes on record with the passage, as the bridge does. */
async function record(passage: Passage): Promise<Position> {
  if (passage.may === 'ask-again') throw new Error('not decided');
  const [appended] = await house.journal.append(passage.entries);
  if (appended === undefined) throw new Error('nothing to record');
  return appended.position;
}

async function held(of: Position, text: string, version?: Position): Promise<Position> {
  const passage = await house.gate.mayPass(of, version, text);
  expect(passage).toMatchObject({ may: 'not-now', entries: [{ kind: 'policy.verdict' }] });
  return record(passage);
}

async function contentOf(verdict: Position): Promise<string> {
  const found = (await house.entries('policy.verdict')).find(({ position }) => position === verdict);
  return found?.body.content ?? '';
}

async function decide(kind: 'policy.approved' | 'policy.rejected', of: Position, verdict: Position): Promise<void> {
  await house.put(draftOf(kind, { of, verdict, content: await contentOf(verdict), by: bob }));
}

describe('The gate', () => {
  test('lets go what is clean, and says by which rules', async () => {
    const { digest } = house.use(ruleText('cards'));
    const passage = await house.gate.mayPass(await say('hello'), undefined, 'hello');
    expect(passage).toEqual({ may: 'pass', judged: { rules: digest }, entries: [] });
  });

  test('lets go everything where nothing is judged, and asks nobody', async () => {
    const of = await say(card);
    expect(await house.gate.mayPass(of, undefined, card)).toEqual({
      may: 'pass',
      judged: { rules: noRules },
      entries: [],
    });
    const { digest } = house.use(ruleText('cards', { scope: { directions: ['inbound'] } }));
    expect(await house.gate.mayPass(of, undefined, card)).toMatchObject({ may: 'pass', judged: { rules: digest } });
    house.use(ruleText('cards', { enabled: false }));
    expect(await house.gate.mayPass(of, undefined, card)).toMatchObject({ may: 'pass', entries: [] });
    expect(house.asked()).toBe(0);
  });

  test('holds what a rule wants to be held, and says so once', async () => {
    house.use(ruleText('cards'));
    const of = await say(card);
    const verdict = await held(of, card);
    const [entry] = await house.entries('policy.verdict');
    expect(entry).toMatchObject({
      ...{ position: verdict, portal, line: 'sales', direction: 'outbound' },
      body: { of, consequence: 'quarantine', until: house.clock.now() + EXPIRES_MS, hits: [{ rule: 'cards' }] },
    });
    expect(await house.gate.mayPass(of, undefined, card)).toEqual({ may: 'not-now', entries: [] });
    expect(house.asked()).toBe(1);
  });

  test('lets go what was approved: this text of this message, and no other', async () => {
    const { digest } = house.use(ruleText('cards'));
    const of = await say(card, { id: '$first' });
    const verdict = await held(of, card);
    await decide('policy.approved', of, verdict);
    const passes = { may: 'pass', judged: { rules: digest, verdict }, entries: [] };
    expect(await house.gate.mayPass(of, undefined, card)).toEqual(passes);

    const other = `${card} and 5500 0000 0000 0004`;
    const version = await edit('$first', other);
    const second = await held(of, other, version);
    expect(second).not.toBe(verdict);
    expect((await house.entries('policy.verdict')).map(({ body }) => body.version)).toEqual([undefined, version]);
    expect(await house.gate.mayPass(of, version, other)).toEqual({ may: 'not-now', entries: [] });

    const back = await edit('$first', card);
    expect(await house.gate.mayPass(of, back, card)).toEqual(passes);
    const again = await say(card);
    await held(again, card);
  });

  test('judges anew what was edited while it was held, and edited back', async () => {
    house.use(ruleText('cards'));
    const of = await say(card, { id: '$first' });
    const first = await held(of, card);
    await edit('$first', 'hello');
    const back = await edit('$first', card);
    expect(await held(of, card, back)).not.toBe(first);
    expect(await house.gate.mayPass(of, back, card)).toEqual({ may: 'not-now', entries: [] });
  });

  test('lets never go what was rejected, even when the rules change', async () => {
    house.use(ruleText('cards'));
    const of = await say(card);
    await decide('policy.rejected', of, await held(of, card));
    const never = { may: 'never', words: 'compliance decided against it', entries: [] };
    expect(await house.gate.mayPass(of, undefined, card)).toEqual(never);
    house.use(ruleText('cards', { then: 'flag' }));
    expect(await house.gate.mayPass(of, undefined, card)).toEqual(never);
  });

  test('stops what a rule blocks, in words for its sender, now and later', async () => {
    house.use(ruleText('cards', { then: 'block' }));
    const of = await say(card);
    const passage = await house.gate.mayPass(of, undefined, card);
    const words = 'looks like a payment card number (ends 1111)';
    expect(passage).toMatchObject({ may: 'never', words, entries: [{ body: { consequence: 'block' } }] });
    await record(passage);
    expect(await house.gate.mayPass(of, undefined, card)).toEqual({ may: 'never', words, entries: [] });
  });

  test('holds for five minutes what a rule warns of, until its sender wants it all the same', async () => {
    house.use(ruleText('cards', { then: 'warn' }));
    const of = await say(card);
    const verdict = await held(of, card);
    const [entry] = await house.entries('policy.verdict');
    expect(entry?.body).toMatchObject({ consequence: 'warn', until: house.clock.now() + 300_000 });
    const content = await contentOf(verdict);
    const until = at(house.clock.now() + 300_000);
    await house.put(
      draftOf('policy.overridden', { of: verdict, message: of, content, by: alice, reason: 'it is mine', until }),
    );
    expect(await house.gate.mayPass(of, undefined, card)).toMatchObject({
      may: 'pass',
      judged: { verdict },
      entries: [],
    });
  });

  test('judges anew what nobody decided in time', async () => {
    house.use(ruleText('cards'));
    const of = await say(card);
    const verdict = await held(of, card);
    await house.put(draftOf('policy.expired', { of, verdict }));
    house.clock.advance(EXPIRES_MS);
    const again = await held(of, card);
    expect(again).not.toBe(verdict);
    const entries = await house.entries('policy.verdict');
    expect(entries.at(-1)?.body.until).toBe(house.clock.now() + EXPIRES_MS);
    expect(entries.at(-1)?.source.conflictWith).toBeUndefined();
  });

  test('flags and lets go, and does not say it twice by the same rules', async () => {
    const { digest } = house.use(ruleText('cards', { then: 'flag' }));
    const of = await say(card);
    const passage = await house.gate.mayPass(of, undefined, card);
    expect(passage).toMatchObject({
      may: 'pass',
      judged: { rules: digest },
      entries: [{ body: { consequence: 'flag' } }],
    });
    const verdict = await record(passage);
    const again = { may: 'pass', judged: { rules: digest, verdict }, entries: [] };
    expect(await house.gate.mayPass(of, undefined, card)).toEqual(again);
    house.use(ruleText('cards'));
    await held(of, card);
  });

  test('lets go what only a rule on trial finds, and puts it on record', async () => {
    house.use(ruleText('cards', { dryRun: true }));
    const passage = await house.gate.mayPass(await say(card), undefined, card);
    expect(passage).toMatchObject({
      may: 'pass',
      entries: [{ body: { consequence: 'none', hits: [{ dryRun: true }] } }],
    });
  });

  test('finds a number that is written over several messages', async () => {
    const cards = ruleText('cards', { together: 3 });
    await house.put(ruleChanged(cards));
    house.use(cards);
    const first = await say('4111 1111');
    const of = await say('1111 1111');
    const passage = await house.gate.mayPass(of, undefined, '1111 1111');
    expect(passage).toMatchObject({
      may: 'not-now',
      entries: [{ body: { hits: [{ findings: [{ over: [first], parts: [{ of: first }] }] }] } }],
    });
  });

  test('lets nothing go that is not on record', async () => {
    house.use(ruleText('cards'));
    const nowhere = position((await say(card)) + 1);
    expect(await house.gate.mayPass(nowhere, undefined, card)).toMatchObject({ may: 'never', words: 'it was erased' });
  });
});

describe('The gate, when it can not be said', () => {
  test.each(['policy', 'policy-rules'])('asks to be asked again while %s is stale', async (name) => {
    house.use(ruleText('cards'));
    house.stale(name);
    expect(await house.gate.mayPass(await say('hello'), undefined, 'hello')).toMatchObject({ may: 'ask-again' });
    house.stale();
    expect(await house.gate.mayPass(await say('hello'), undefined, 'hello')).toMatchObject({ may: 'pass' });
  });

  test.each([
    ['open', 'pass', 'flag'],
    ['closed', 'not-now', 'quarantine'],
  ])('does what the rules say of a failure: %s', async (failMode, may, consequence) => {
    const set = house.use(ruleText('cards', { failMode }));
    const of = await say('hello');
    house.answer((found) => Promise.resolve(failedVerdict(set, messageOf(found.content), context, 'took-too-long')));
    const passage = await house.gate.mayPass(of, undefined, 'hello');
    expect(passage).toMatchObject({ may, entries: [{ body: { consequence, failed: 'took-too-long', hits: [] } }] });
    await record(passage);
    expect((await house.entries('policy.verdict')).map(({ body }) => body.unread)).toEqual([[{ why: 'engine' }]]);
  });

  test('waits for an engine that is not ready, for ten seconds', async () => {
    const set = house.use(ruleText('cards', { failMode: 'closed' }));
    const of = await say('hello');
    house.answer((found) => Promise.resolve(failedVerdict(set, messageOf(found.content), context, 'not-ready')));
    expect(await house.gate.mayPass(of, undefined, 'hello')).toEqual({ may: 'ask-again', afterMs: 250 });
    house.clock.advance(10_000);
    expect(await house.gate.mayPass(of, undefined, 'hello')).toMatchObject({ may: 'not-now' });
  });

  test('judges again what the engine could not look at', async () => {
    const set = house.use(ruleText('cards'));
    const of = await say(card);
    house.answer((found) => Promise.resolve(failedVerdict(set, messageOf(found.content), context, 'crashed')));
    const passage = await house.gate.mayPass(of, undefined, card);
    expect(passage).toMatchObject({ may: 'pass', entries: [{ body: { failed: 'crashed' } }] });
    await record(passage);
    house.answer(undefined);
    await held(of, card);
  });
});

const context: MessageContext = {
  ...{ direction: 'outbound', at: at(0), sender: alice, senderGroups: [], tags: [], before: [] },
};
function messageOf(content: string) {
  return { content, pieces: [], unread: [] };
}

describe('The gate, killed', () => {
  test('between the verdict and the record of it: the next life says the same, once', async () => {
    house.use(ruleText('cards'));
    const of = await say(card);
    const lost = await house.gate.mayPass(of, undefined, card);
    expect(lost).toMatchObject({ may: 'not-now', entries: [{}] });
    await house.test.close();
    await using next = await openJudgingHouse({ place: house.test.place });
    next.use(ruleText('cards'));
    next.clock.advance(60_000);
    expect(await next.entries('policy.verdict')).toEqual([]);
    const passage = await next.gate.mayPass(of, undefined, card);
    if (passage.may !== 'not-now' || lost.may !== 'not-now') throw new Error('it passed');
    expect(passage.entries[0]?.source).toEqual(lost.entries[0]?.source);
    await next.journal.append(passage.entries);
    expect(await next.entries('policy.verdict')).toHaveLength(1);
  });

  test('after the record of it: the next life finds it, and appending it once more changes nothing', async () => {
    house.use(ruleText('cards'));
    const of = await say(card);
    const passage = await house.gate.mayPass(of, undefined, card);
    await record(passage);
    await house.test.close();
    await using next = await openJudgingHouse({ place: house.test.place });
    next.use(ruleText('cards'));
    expect(await next.gate.mayPass(of, undefined, card)).toEqual({ may: 'not-now', entries: [] });
    if (passage.may !== 'not-now') throw new Error('it passed');
    expect(await next.journal.append(passage.entries)).toMatchObject([{ duplicate: true }]);
    expect(await next.journal.stale()).toEqual([]);
  });
});
