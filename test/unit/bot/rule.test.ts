import { describe, expect, test } from '@jest/globals';
import { ruleAsked } from '../../../src/bot/compliance/rule-asked.ts';
import { loadedAnswer } from '../../../src/bot/compliance/rule-answers.ts';
import { rule } from '../../../src/bot/compliance/rule.ts';
import { PageMemory } from '../../../src/bot/compliance/page-memory.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { noHolds } from './no-holds.ts';
import { desk, domain, now, sales, typed } from './samples.ts';

const clock = new ManualClock(now);
const unused = (): never => {
  throw new Error('not asked for');
};
const tools = {
  ...{ comparing: unused, lines: [sales], search: unused, read: unused, entriesFrom: unused, size: unused },
  ...{
    shown: unused,
    judged: unused,
    earlierItems: unused,
    delivery: unused,
    titleOf: unused,
    entryOfEvent: unused,
    files: unused,
    verify: unused,
    prove: unused,
    health: unused,
  },
  decisions: { recorder: { append: unused }, read: unused, standing: unused },
  holds: noHolds,
};
const rules = {
  ...{ onRecord: unused, history: unused, switchRule: unused, approve: unused, tryRule: unused, reload: unused },
};

function ask(rest: string, role: 'officer' | 'reviewer' = 'officer', more = {}) {
  const given = { message: typed('!c rule'), desk, role, domain, clock, pages: new PageMemory(clock) };
  return rule.ask(rest, { ...given, tools: { ...tools, ...more } });
}

describe('what is typed after !c rule', () => {
  test.each([
    ['', { do: 'help' }],
    ['list', { do: 'list', part: '' }],
    ['List Card', { do: 'list', part: 'card' }],
    ['show Card-Number', { do: 'show', id: 'card-number' }],
    ['disable card-number', { do: 'set', id: 'card-number', set: { enabled: false } }],
    ['enable card-number', { do: 'set', id: 'card-number', set: { enabled: true } }],
    [
      'set card-number then=flag dryRun=on',
      { do: 'set', id: 'card-number', set: { consequence: 'flag', dryRun: true } },
    ],
    ['set card-number ENABLED=off', { do: 'set', id: 'card-number', set: { enabled: false } }],
    ['test card-number My card: 4111  1111', { do: 'test', id: 'card-number', text: 'My card: 4111  1111' }],
    ['history card-number', { do: 'history', id: 'card-number' }],
    ['approve card-number', { do: 'approve', id: 'card-number' }],
    ['reload', { do: 'reload' }],
  ])('%s is understood', (rest, asked) => {
    expect(ruleAsked(rest)).toEqual({ ok: true, value: asked });
  });

  test.each([
    ['show', 'Which rule?'],
    ['show ../etc', 'no name of a rule'],
    ['test card-number', 'Which text'],
    ['set card-number', 'What should be set?'],
    ['set card-number then=nothing', "can't be set"],
    ['set card-number dryRun=maybe', "can't be set"],
    ['set card-number severity=high', "can't be set"],
    ['disabel card-number', 'Did you mean !c rule disable?'],
    ['constructor x', '!c rule help'],
  ])('%s is refused in words', (rest, words) => {
    expect(ruleAsked(rest)).toMatchObject({ ok: false, error: { what: expect.stringContaining(words) } });
  });

  test.each(['show', 'history', 'approve', 'enable', 'disable', 'set', 'test'])(
    '%s without a rule is answered with an example of its own, which works',
    (act) => {
      const read = ruleAsked(act);
      const example = read.ok ? '' : read.error.example;
      expect(example).toMatch(new RegExp(`^!c rule ${act} card-number`, 'u'));
      expect(ruleAsked(example.slice('!c rule '.length)).ok).toBe(true);
    },
  );
});

describe('!c rule', () => {
  test('says what there is, and that a text to try is on record', async () => {
    const { text } = await ask('', 'officer', { rules });
    expect(text).toContain('!c rule list');
    expect(text).toMatch(/!c rule test .*on record/u);
  });

  test('where nothing is judged says so', async () => {
    expect(await ask('list')).toMatchObject({ code: 'failed' });
  });

  test.each([
    'disable card-number',
    'enable card-number',
    'set card-number then=flag',
    'approve card-number',
    'reload',
  ])('%s is for officers alone', async (rest) => {
    expect(await ask(rest, 'reviewer', { rules })).toMatchObject({ code: 'denied' });
  });
});

describe('what came of the files', () => {
  test('that have many changes is still short', () => {
    const changes = Array.from({ length: 40 }, (_, i) => ({ what: 'rule', id: `r-${i}`, change: 'added' }) as const);
    const { text } = loadedAnswer({ is: 'changed', changes });
    expect(text).toMatch(/^In force from now on: r-0 new, .* and 28 more$/u);
  });

  test('that are broken is told with where, what and what to do, and pings nobody', () => {
    const problem = { file: 'a.yaml:3', path: 'rules[0].says', message: 'hello @room', fix: 'write it shorter' };
    const answer = loadedAnswer({ is: 'refused', problems: [problem], isNew: false });
    expect(answer.code).toBe('failed');
    expect(answer.text).toContain('a.yaml:3 rules[0].says: hello');
    expect(answer.text).toContain('write it shorter');
    expect(answer.text).not.toContain('@room');
    const told = loadedAnswer({ is: 'refused', problems: [problem, problem], isNew: true });
    expect(told.text).toBe(
      'The files have 2 problems: what is wrong is told in a message of its own. The rules of before stay in force.',
    );
  });
});
