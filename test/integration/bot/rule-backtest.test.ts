import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { must, parseRoomId, type RoomId } from '../../../src/core/ids.ts';
import { backtestTasks } from '../../../src/policy/backtest/backtest-task.ts';
import { DeskBacktests } from '../../../src/policy/backtest/desk-backtests.ts';
import { backtestWriterPart } from '../../../src/policy/backtest/projections.ts';
import { policyRulesWriterPart } from '../../../src/policy/rules/projections.ts';
import { filesOnDisk } from '../../../src/policy/rules/rule-files.ts';
import { RulesInForce } from '../../../src/policy/rules/rules-in-force.ts';
import type { TestJournal } from '../../support/journal.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { KeptLog } from '../../support/quiet.ts';
import {
  alice,
  ann,
  audrey,
  bob,
  desk,
  event,
  millis,
  now,
  olivia,
  position,
  rita,
  sales,
  sms,
} from '../../unit/bot/samples.ts';
import { cardRule, EngineHere, RuleFolder, wordRule, words } from '../policy/rules/rule-house.ts';
import { openHouse, type House } from './house.ts';

const CARD = '4111 1111 1111 1111';
const DAY_MS = 86_400_000;

let folder: RuleFolder;
let house: House;
let rules: RulesInForce;
let here: RoomId;
let fourEyes = false;
let counted = 0;

function rulesOf(test: TestJournal): RulesInForce {
  return new RulesInForce({
    journal: test.journal,
    ...{ scanning: new EngineHere(), trial: () => new EngineHere(), fourEyes },
    ...{ clock: new ManualClock(now), log: new KeptLog(), rulesAt: 'policy/*.yaml' },
    files: () => filesOnDisk({ rules: 'policy/*.yaml', lexicons: 'lexicons/*.txt' }, folder.at),
    warnings: { set: () => undefined, clear: () => undefined },
  });
}

beforeEach(async () => {
  fourEyes = false;
  folder = await RuleFolder.open();
  await folder.write('cards.yaml', cardRule);
  await folder.write('words-en.txt', words);
  house = await openHouse(undefined, {
    parts: [policyRulesWriterPart(), backtestWriterPart()],
    rules: (test) => (rules = rulesOf(test)),
    backtests: ({ journal }) => new DeskBacktests({ journal, ruleToTry: (id) => rules.ruleToTry(id) }),
    handlers: ({ journal }) =>
      backtestTasks({
        ...{ journal, clock: systemClock, trial: () => new EngineHere(), lines: [sales] },
        ...{ groupsOf: () => Promise.resolve([]), ruleToTry: (id) => rules.ruleToTry(id) },
        ...{ goingOut: () => undefined, isOurs: () => false, isOurRoom: (room) => Promise.resolve(room === here) },
      }),
  });
  await house.bot.ensureRooms();
  await house.settle();
  here = house.homeserver.aliases.get(desk.room) ?? must(parseRoomId('!none:acme.example'));
  await rules.start();
  await house.settle();
});
afterEach(async () => {
  await house[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function customerSays(text: string, daysAgo = 0): Promise<void> {
  counted += 1;
  await house.append({
    ...{ kind: 'network.message', at: millis(now - daysAgo * DAY_MS), line: sales.id },
    source: { system: 'network:carrier', id: `m${String(counted)}`, sure: true },
    body: { connector: sales.connector, network: sms, to: sales.address, from: ann, text },
  });
}

/** What the desk said to it, first at once and then when it was done. */
async function ask(text: string, by = olivia) {
  const before = house.homeserver.sentIn(here).length;
  await house.say(by, here, text);
  return house.homeserver
    .sentIn(here)
    .slice(before)
    .map(({ content }) => content);
}

function wordsOf(content: JsonObject | undefined): string {
  const body = content?.['body'];
  return typeof body === 'string' ? body : '';
}

describe('!c rule backtest', () => {
  test('says at once that it begins, and then what the rule would have found, with examples masked', async () => {
    await customerSays('hello');
    await customerSays(`it is ${CARD}`, 40);
    await customerSays(`or write to me: ${CARD} thanks`);
    const [first, result] = await ask('!c rule backtest card-number 90d');
    expect(first).toMatchObject({
      body: 'Trying card-number on the last 90 days. The result comes here; !c rule backtest says how far it is.',
      'org.gatehouse.answer': { code: 'pending' },
    });
    expect(wordsOf(result).split('\n')).toEqual([
      'card-number, last 90 days: would have flagged 2 of 3 messages',
      'Jan 1 · Mar 1',
      'None of those was decided by anybody before.',
      expect.stringMatching(/^\d+ Fri 16:30 .* “or write to me: •••• 1111 thanks”$/u),
      expect.stringMatching(/^\d+ Sun 25 Jan 16:30 .* “it is •••• 1111”$/u),
    ]);
    expect(result?.['org.gatehouse.answer']).toMatchObject({ code: 'ok', data: { flagged: 2, judged: 3 } });
    const [report] = await house.entries('policy.backtested');
    expect(report?.body).toMatchObject({ flagged: 2, judged: 3, violations: 0, falsePositives: 0, as: 'in-force' });
    expect(result?.['org.gatehouse.refs']).toEqual(report?.body.examples.toReversed());
    expect(JSON.stringify(report)).not.toContain('1111');
    const shown = await house.entries('desk.command');
    expect(shown.at(-1)?.body.positions).toEqual(report?.body.examples.toReversed());
  });

  test('looks no further back than it was asked to, by when a message came on record', async () => {
    await customerSays(CARD);
    house.clock.advance(2 * DAY_MS);
    await customerSays(CARD);
    const [, result] = await ask('!c rule backtest card-number 1d');
    expect(wordsOf(result)).toContain('last day: would have flagged 1 of 1 message');
  });

  test('tries a rule that lies in a file and is not loaded, and one that is switched off', async () => {
    await folder.write('talk.yaml', wordRule);
    await customerSays('please call my cell');
    const [first, result] = await ask('!c rule backtest off-channel');
    expect(wordsOf(first)).toContain('off-channel (from the files, not loaded)');
    expect(wordsOf(result)).toContain('would have flagged 1 of 1 message');
    expect(rules.current()?.rules.map(({ id }): string => id)).toEqual(['card-number']);
    await ask('!c rule disable card-number');
    const [off] = await ask('!c rule backtest card-number');
    expect(wordsOf(off)).toContain('card-number (switched off)');
  });

  test('tries what is proposed, not what is in force', async () => {
    fourEyes = true;
    rules = rulesOf(house.test);
    await folder.write('cards.yaml', cardRule.replace('detector: card', "pattern: 'hello'"));
    await rules.reload();
    await house.settle();
    await customerSays('hello there');
    const [, result] = await ask('!c rule backtest card-number');
    expect(wordsOf(result)).toContain('card-number (as proposed), last 90 days: would have flagged 1 of 1');
  });

  test('counts what officers had decided: rejected was a violation, approved a false positive', async () => {
    await house.append({
      ...{ kind: 'portal.wanted', at: now, source: { system: 'gatehouse', id: 'w1', sure: true } },
      body: { line: sales.id, network: sms, address: ann, by: alice, because: position(1), text: `card ${CARD}` },
    });
    const [message] = await house.entries('portal.wanted');
    const content = 'c'.repeat(64);
    const of = position(message?.position ?? 0);
    await house.append({
      ...{ kind: 'policy.verdict', at: now, source: { system: 'gatehouse', id: 'v1', sure: true } },
      body: {
        of,
        rules: content,
        content,
        hits: [],
        unread: [],
        consequence: 'quarantine',
        until: millis(now + DAY_MS),
      },
    });
    const [verdict] = await house.entries('policy.verdict');
    await house.append({
      ...{ kind: 'policy.rejected', at: now, source: { system: 'gatehouse', id: 'r1', sure: true } },
      body: { of, verdict: position(verdict?.position ?? 0), content, by: olivia },
    });
    const [, result] = await ask('!c rule backtest card-number');
    expect(wordsOf(result)).toContain('Of those already decided 1 was a violation, 0 false positives: 100 % right');
  });

  test('is for officers and reviewers, of rules that there are, over a time that can be read', async () => {
    const [denied] = await ask('!c rule backtest card-number', audrey);
    expect(denied).toMatchObject({ 'org.gatehouse.answer': { code: 'denied' } });
    const [unknown] = await ask('!c rule backtest card-numbr', rita);
    expect(unknown).toMatchObject({ 'org.gatehouse.answer': { code: 'not-found', data: { meant: 'card-number' } } });
    for (const wrong of ['soon', '5m', '99y']) {
      const [answer] = await ask(`!c rule backtest card-number ${wrong}`);
      expect(answer).toMatchObject({ 'org.gatehouse.answer': { code: 'usage' } });
    }
    const [none] = await ask('!c rule backtest');
    expect(wordsOf(none)).toContain('No back-test is under way');
    expect(await house.entries('policy.backtest-asked')).toEqual([]);
  });

  test('quotes nothing where a stranger reads along', async () => {
    await customerSays(CARD);
    const { homeserver } = house;
    homeserver.rooms.get(here)?.members.set(bob, 'join');
    await house.append({
      ...{ kind: 'policy.backtest-asked', at: now, source: { system: 'gatehouse', id: 'b1', sure: true } },
      body: { rule: 'card-number', from: millis(now - DAY_MS), by: olivia, room: here, event: event('$asked') },
    });
    const last = homeserver.sentIn(here).at(-1)?.content;
    expect(wordsOf(last)).toContain('would have flagged 1 of 1 message');
    expect(wordsOf(last)).not.toContain('1111');
    expect(last).not.toHaveProperty('org.gatehouse.refs');
  });

  test('that was asked twice for one command, after a crash, is done once', async () => {
    const wish = { rule: 'card-number', spanMs: DAY_MS, by: olivia, room: here, event: event('$once'), at: now };
    const desk = new DeskBacktests({ journal: house.test.journal, ruleToTry: (id) => rules.ruleToTry(id) });
    await desk.ask(wish);
    await desk.ask({ ...wish, spanMs: 2 * DAY_MS });
    await desk.ask(wish);
    await house.settle();
    expect(await house.entries('policy.backtested')).toHaveLength(1);
  });
});
