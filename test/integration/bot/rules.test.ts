import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { must, parseRoomId, type RoomId } from '../../../src/core/ids.ts';
import { isJsonObject } from '../../../src/core/json.ts';
import { policyRulesWriterPart } from '../../../src/policy/rules/projections.ts';
import { filesOnDisk } from '../../../src/policy/rules/rule-files.ts';
import { RulesInForce } from '../../../src/policy/rules/rules-in-force.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { KeptLog } from '../../support/quiet.ts';
import type { TestJournal } from '../../support/journal.ts';
import { desk, now, olivia, rita } from '../../unit/bot/samples.ts';
import { cardRule, EngineHere, RuleFolder, wordRule, words } from '../policy/rules/rule-house.ts';
import { openHouse, type House } from './house.ts';

let folder: RuleFolder;
let house: House;
let rules: RulesInForce;
let here: RoomId;

function rulesOf(test: TestJournal): RulesInForce {
  return new RulesInForce({
    journal: test.journal,
    ...{ scanning: new EngineHere(), trial: () => new EngineHere(), fourEyes: false },
    ...{ clock: new ManualClock(now), log: new KeptLog(), rulesAt: 'policy/*.yaml' },
    files: () => filesOnDisk({ rules: 'policy/*.yaml', lexicons: 'lexicons/*.txt' }, folder.at),
    warnings: { set: () => undefined, clear: () => undefined },
  });
}

beforeEach(async () => {
  folder = await RuleFolder.open();
  await folder.write('cards.yaml', cardRule);
  await folder.write('talk.yaml', wordRule);
  await folder.write('words-en.txt', words);
  house = await openHouse(undefined, {
    parts: [policyRulesWriterPart()],
    rules: (test) => {
      rules = rulesOf(test);
      return rules;
    },
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

async function ask(words: string, from = olivia): Promise<{ text: string; code: unknown; data: unknown }> {
  await house.say(from, here, words);
  const sent = house.homeserver.sentIn(here).findLast((event) => event.part === 'answer')?.content;
  const told = sent?.['org.gatehouse.answer'];
  if (!isJsonObject(told)) throw new Error('no answer');
  const body = sent?.['body'];
  return { text: typeof body === 'string' ? body : '', code: told['code'], data: told['data'] };
}

function news(): readonly unknown[] {
  return house.homeserver
    .sentIn(here)
    .filter((event) => event.part.startsWith('rules-'))
    .map(({ content }) => content['body']);
}

describe('!c rule', () => {
  test('list shows what is in force, shortly', async () => {
    const { text, data } = await ask('!c rule list');
    expect(text.split('\n')).toEqual(['2 rules, 1 lexicon', 'card-number: quarantine', 'off-channel: flag']);
    expect(data).toMatchObject({ rules: 2, off: 0, proposed: [], digest: rules.current()?.digest });
  });

  test('show says what a rule does, what changed last, and its text', async () => {
    const { text, data } = await ask('!c rule show card-number');
    expect(text.split('\n')).toEqual([
      'card-number: looks like a payment card number',
      'quarantine · medium',
      'But from a customer: flagged, and the desk is told',
      'But inside, unless Synapse asks before: taken out of the room, and the desk is told',
      'But among strangers: taken out of the room, and the desk is told',
      expect.stringMatching(/^Last: Fri 16:30 added from the files \(\d+\)$/u),
      'id: card-number',
      'says: looks like a payment card number',
      'when:',
      '  detector: card',
      'then: quarantine',
    ]);
    expect(data).toMatchObject({ id: 'card-number', what: 'rule' });
    expect((await ask('!c rule show words-en')).text).toContain('Lexicon words-en: en, 1 term');
    expect(await ask('!c rule show card-numbr')).toMatchObject({ code: 'not-found', data: { meant: 'card-number' } });
  });

  test('disable switches a rule off, on record with who, and says so in list and show', async () => {
    expect((await ask('!c rule disable card-number')).text).toBe(
      'card-number ✓ in force from now on: off (when on: quarantine).',
    );
    expect(rules.current()?.rules[0]?.enabled).toBe(false);
    const [change] = (await house.entries('policy.rule-changed')).slice(-1);
    expect(change).toMatchObject({ actor: olivia, body: { by: olivia, change: 'switched', set: { enabled: false } } });
    expect((await ask('!c rule list')).text).toContain('card-number: off · quarantine');
    expect((await ask('!c rule show card-number')).text).toContain('the file says quarantine');
    expect((await ask('!c rule disable card-number')).text).toBe(
      'card-number is so already: off (when on: quarantine).',
    );
    expect((await ask('!c rule history card-number')).text.split('\n')).toEqual([
      'card-number, newest first',
      expect.stringMatching(/^Fri 16:30 switched: off by @olivia:acme\.example \(\d+\)$/u),
      expect.stringMatching(/^Fri 16:30 added from the files \(\d+\)$/u),
    ]);
  });

  test('set makes a rule milder', async () => {
    await ask('!c rule set card-number then=flag dryRun=on');
    expect(rules.current()?.rules[0]).toMatchObject({ consequence: 'flag', dryRun: true });
  });

  test('is read by reviewers, and changed by officers alone', async () => {
    expect((await ask('!c rule list', rita)).code).toBe('ok');
    expect((await ask('!c rule disable card-number', rita)).code).toBe('denied');
    expect(rules.current()?.rules[0]?.enabled).toBe(true);
  });

  test('answers masked what a trial found, and the text is on record only as the message that it came in', async () => {
    const secret = '4111 1111 1111 1111';
    const { text, data } = await ask(`!c rule test card-number it is ${secret} or so`);
    expect(text).toMatch(
      /^Hit: card-number, 1 found · quarantine\npayment card number · •••• 1111 · \d+ % sure · characters 7 to 25/u,
    );
    expect(text).not.toContain(secret);
    expect(data).toEqual({ id: 'card-number', hits: 1 });
    for (const kind of ['desk.command', 'policy.rule-changed', 'policy.verdict'] as const) {
      expect(JSON.stringify(await house.entries(kind))).not.toContain('4111');
    }
    expect((await ask('!c rule test card-number nothing here')).text).toBe('No hit: card-number lets this text pass.');
    expect((await ask('!c rule test off-channel call my cell')).text).toContain(
      'words-en: “call my cell” (moves business to a phone that nobody records)',
    );
    expect((await ask('!c rule test cards x')).code).toBe('not-found');
  });

  test('a search for a rule that never was says which there are, the nearest first', async () => {
    const { text, code } = await ask('!c search rule:of-channel');
    expect(code).toBe('not-found');
    expect(text).toContain(
      'There never was a rule of-channel. Did you mean rule:off-channel? There is off-channel, card-number.',
    );
    expect((await ask('!c search rule:zzz')).text).toContain(
      'There never was a rule zzz. There is card-number, off-ch',
    );
  });

  test('reload takes what changed, and answers what is wrong', async () => {
    expect((await ask('!c rule reload')).text).toBe(
      'The files are as they were: nothing new in them. What a desk switched stays switched.',
    );
    await folder.write('cards.yaml', cardRule.replace('quarantine', 'block'));
    expect((await ask('!c rule reload')).text).toBe('In force from now on: card-number changed');
    await folder.write('cards.yaml', cardRule.replace('quarantine', 'blokc'));
    expect(await ask('!c rule reload')).toMatchObject({
      code: 'failed',
      text: 'The files have 1 problem: what is wrong is told in a message of its own. The rules of before stay in force.',
    });
    expect(news().at(-1)).toMatch(/^The files of rules have a problem\. .*\npolicy\/cards\.yaml:5 rules/u);
    const { text, code } = await ask('!c rule reload');
    expect(code).toBe('failed');
    expect(text).toMatch(
      /^The files have the same 1 problem as before\. The rules of before stay in force\.\npolicy\/cards\.yaml:5 rules\[0\]\.then: .*\n.*→ /u,
    );
    expect(rules.current()?.rules[0]?.consequence).toBe('block');
  });
});

describe('the desk', () => {
  test('is told once of each load, and once of a broken file with where and what to do', async () => {
    await house.settle();
    expect(news()).toEqual(['Rules in force from now on: words-en new, card-number new, off-channel new']);
    await folder.write('cards.yaml', cardRule.replace('quarantine', 'blokc'));
    await ask('!c rule reload');
    await ask('!c rule reload');
    expect(news().slice(1)).toEqual([
      expect.stringMatching(
        /^The files of rules have a problem\. .*\npolicy\/cards\.yaml:5 rules\[0\]\.then: .*\n.*→ /u,
      ),
    ]);
  });

  test('whose answer got lost is told what came of it, and it is done once', async () => {
    house.homeserver.failures.push({ call: 'send', failure: { kind: 'unclear', detail: 'timeout' } });
    await house.say(olivia, here, '!c rule disable card-number');
    await rules.switchRule({
      ...{ id: 'card-number', set: { enabled: true }, by: rita },
      event: (await house.say(olivia, here, 'hello')).body.event_id,
    });
    house.clock.advance(120_000);
    await house.settle();
    const answers = house.homeserver.sentIn(here).filter((event) => event.part === 'answer');
    expect(answers.map(({ content }) => content['body'])).toEqual([
      'card-number ✓ in force from now on: off (when on: quarantine).',
    ]);
    expect(rules.current()?.rules[0]?.enabled).toBe(true);
  });
});
