import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { rulePlanner } from '../../../../src/policy/rules/rule-planner.ts';
import type { RuleSet } from '../../../../src/policy/rule.ts';
import {
  cardRule,
  EngineHere,
  olivia,
  openRuleHouse,
  oscar,
  RuleFolder,
  tap,
  wordRule,
  words,
  type RuleHouse,
} from './rule-house.ts';

let folder: RuleFolder;
beforeEach(async () => {
  folder = await RuleFolder.open();
});
afterEach(async () => {
  await folder[Symbol.asyncDispose]();
});

async function starter(): Promise<void> {
  await folder.write('cards.yaml', cardRule);
  await folder.write('talk.yaml', wordRule);
  await folder.write('words-en.txt', words);
}

function names(set: RuleSet | undefined): readonly string[] {
  return (set?.rules ?? []).map((rule) => rule.id);
}

async function againAfter(house: RuleHouse, more: Parameters<typeof openRuleHouse>[1] = {}): Promise<RuleHouse> {
  await house.stop();
  return openRuleHouse(folder, { ...more, place: house.test.place });
}

describe('the first start', () => {
  test('without files judges nothing and puts nothing on record', async () => {
    await using house = await openRuleHouse(folder);
    expect(await house.rules.start()).toEqual({ is: 'nothing' });
    expect(house.rules.current()).toBeUndefined();
    expect(await house.changes()).toEqual([]);
    expect(house.warnings.size).toBe(0);
  });

  test('takes the files at once, in one append, with their texts and the digest of the whole', async () => {
    await starter();
    const appends: number[] = [];
    await using house = await openRuleHouse(folder, { appending: (drafts) => appends.push(drafts.length) });
    expect(await house.rules.start()).toMatchObject({ is: 'changed' });
    expect(appends).toEqual([3]);
    expect(await house.told()).toEqual(['words-en added', 'card-number added', 'off-channel added']);
    const changes = await house.changes();
    const digest = house.rules.current()?.digest;
    expect(new Set(changes.map(({ body }) => body.rules))).toEqual(new Set([digest]));
    expect(changes.map(({ body }) => body.text)).toEqual([
      words,
      expect.stringContaining('- id: card-number'),
      expect.stringContaining('- id: off-channel'),
    ]);
    expect(house.engine.used.map((set) => set.digest)).toEqual([digest]);
  });

  test('with broken files judges nothing, says so once, and takes them when they are mended', async () => {
    await folder.write('cards.yaml', cardRule.replace('card }', 'crad }'));
    await using house = await openRuleHouse(folder, { fourEyes: true });
    expect(await house.rules.start()).toMatchObject({ is: 'refused' });
    expect(house.rules.current()).toBeUndefined();
    await folder.write('cards.yaml', cardRule);
    expect(await house.rules.reload()).toMatchObject({ is: 'changed' });
    expect(await house.told()).toEqual(['policy/cards.yaml refused', 'card-number added']);
    expect(house.warnings.size).toBe(0);
  });
});

describe('a restart', () => {
  test('finds the set on record, and the same files change nothing', async () => {
    await starter();
    const first = await openRuleHouse(folder);
    await first.rules.start();
    const digest = first.rules.current()?.digest;
    await using house = await againAfter(first);
    expect(await house.rules.start()).toEqual({ is: 'same' });
    expect(house.rules.current()?.digest).toBe(digest);
    expect(await house.changes()).toHaveLength(3);
  });

  test('without any files keeps what is on record, and says that they are gone', async () => {
    await starter();
    const first = await openRuleHouse(folder);
    await first.rules.start();
    await folder.remove('cards.yaml');
    await folder.remove('talk.yaml');
    await using house = await againAfter(first);
    expect(await house.rules.start()).toMatchObject({ is: 'refused' });
    expect(names(house.rules.current())).toEqual(['card-number', 'off-channel']);
  });

  test('judges by the record before it looks at the files', async () => {
    await starter();
    const first = await openRuleHouse(folder);
    await first.rules.start();
    await folder.write('cards.yaml', cardRule.replace('quarantine', 'flag'));
    const engine = new EngineHere();
    await using house = await againAfter(first, { engine });
    await house.rules.start();
    const consequences = engine.used.map((set) => set.rules[0]?.consequence);
    expect(consequences).toEqual(['quarantine', 'flag']);
  });
});

describe('a changed file', () => {
  test('is in force once it is on record: one entry for each rule and lexicon, in one append', async () => {
    await starter();
    const appends: number[] = [];
    await using house = await openRuleHouse(folder, { appending: (drafts) => appends.push(drafts.length) });
    await house.rules.start();
    await folder.write('cards.yaml', cardRule.replace('quarantine', 'block'));
    await folder.write('words-en.txt', `${words}text me | the same\n`);
    await folder.write('talk.yaml', wordRule.replace('off-channel', 'talk'));
    expect(await house.rules.reload()).toEqual({
      is: 'changed',
      changes: [
        { what: 'lexicon', id: 'words-en', change: 'changed' },
        { what: 'rule', id: 'card-number', change: 'changed' },
        { what: 'rule', id: 'talk', change: 'added' },
        { what: 'rule', id: 'off-channel', change: 'removed' },
      ],
    });
    expect(appends).toEqual([3, 4]);
    expect(names(house.rules.current())).toEqual(['card-number', 'talk']);
    expect((await house.changes()).at(-1)?.body).not.toHaveProperty('text');
  });

  test('with other comments, order and spaces is no change', async () => {
    await starter();
    await using house = await openRuleHouse(folder);
    await house.rules.start();
    await folder.write('cards.yaml', `# ours\n${cardRule.replace('# the one that matters', '')}`);
    await folder.write('words-en.txt', `${words}\n# the end\n`);
    expect(await house.rules.reload()).toEqual({ is: 'same' });
    expect(await house.changes()).toHaveLength(3);
  });

  test('that is broken keeps the set, is refused once, and told with file, line and fix', async () => {
    await starter();
    await using house = await openRuleHouse(folder);
    await house.rules.start();
    const digest = house.rules.current()?.digest;
    await folder.write('cards.yaml', cardRule.replace('quarantine', 'quarantin'));
    expect(await house.rules.reload()).toMatchObject({ is: 'refused', problems: [{ file: 'policy/cards.yaml:5' }] });
    await house.rules.reload();
    const refused = (await house.changes()).filter(({ body }) => body.change === 'refused');
    expect(refused.map(({ body }) => body)).toEqual([
      expect.objectContaining({ what: 'rule', id: 'policy/cards.yaml', rules: digest }),
    ]);
    expect(refused[0]?.body.text).toMatch(/^policy\/cards\.yaml:5 rules\[0\]\.then: .*\n {4}→ .*quarantine/u);
    expect(house.rules.current()?.digest).toBe(digest);
    expect(house.warnings.get('policy-files')).toContain('policy/cards.yaml:5');
    expect(house.log.events()).toContain('policy.rules-refused');
  });

  test('that can not be compiled keeps the set and is told where it stands', async () => {
    await starter();
    await using house = await openRuleHouse(folder);
    await house.rules.start();
    await folder.write('talk.yaml', wordRule.replace('lexicon: words-en', "pattern: '(a'"));
    expect(await house.rules.reload()).toMatchObject({ is: 'refused', problems: [{ file: 'policy/talk.yaml:4' }] });
    expect(names(house.rules.current())).toEqual(['card-number', 'off-channel']);
    expect(house.engine.used).toHaveLength(1);
  });

  test('that the record can not hold is refused in words', async () => {
    await starter();
    await using house = await openRuleHouse(folder);
    await house.rules.start();
    const many = Array.from({ length: 6_000 }, (_, i) => `term number ${String(i)} | ${'because '.repeat(5)}`);
    await folder.write('words-en.txt', `# language: en\n${many.join('\n')}\n`);
    expect(await house.rules.reload()).toMatchObject({
      is: 'refused',
      problems: [
        { file: 'lexicons/words-en.txt', message: expect.stringContaining('256 KiB'), fix: expect.any(String) },
      ],
    });
  });
});

describe('a switch at a desk', () => {
  test('is on record with who, and stays over a restart and over other changes of the file', async () => {
    await starter();
    const first = await openRuleHouse(folder);
    await first.rules.start();
    const set = { enabled: false, consequence: 'flag' } as const;
    const acted = await first.rules.switchRule({ id: 'card-number', set, by: olivia, event: tap('$1') });
    expect(acted).toMatchObject({ is: 'done', change: 'switched' });
    expect(first.rules.current()?.rules[0]).toMatchObject({ enabled: false, consequence: 'flag' });
    const entry = (await first.changes()).at(-1);
    expect(entry).toMatchObject({ actor: olivia, body: { by: olivia, set, change: 'switched' } });
    await folder.write('cards.yaml', cardRule.replace('looks like', 'seems to be'));
    await using house = await againAfter(first);
    expect(await house.rules.start()).toMatchObject({ is: 'changed' });
    expect(house.rules.current()?.rules[0]).toMatchObject({
      enabled: false,
      consequence: 'flag',
      says: 'seems to be a payment card number',
    });
    expect((await house.changes()).at(-1)?.body).toMatchObject({ change: 'changed', set });
  });

  test('ends when the file says something else about just that', async () => {
    await starter();
    await using house = await openRuleHouse(folder);
    await house.rules.start();
    const set = { dryRun: true, consequence: 'flag' } as const;
    await house.rules.switchRule({ id: 'card-number', set, by: olivia, event: tap('$1') });
    await folder.write('cards.yaml', cardRule.replace('quarantine', 'block'));
    await house.rules.reload();
    expect(house.rules.current()?.rules[0]).toMatchObject({ dryRun: true, consequence: 'block' });
    expect((await house.changes()).at(-1)?.body.set).toEqual({ dryRun: true });
  });

  test('is done once for a command that runs again after a crash, whatever came after it', async () => {
    await starter();
    await using house = await openRuleHouse(folder);
    await house.rules.start();
    const off = { id: 'card-number', set: { enabled: false }, by: olivia, event: tap('$1') };
    await house.rules.switchRule(off);
    await house.rules.switchRule({ ...off, set: { enabled: true }, event: tap('$2') });
    expect(await house.rules.switchRule(off)).toMatchObject({ is: 'done', change: 'switched' });
    expect(house.rules.current()?.rules[0]?.enabled).toBe(true);
    expect(await house.changes()).toHaveLength(5);
  });

  test('that changes nothing, or names nothing, puts nothing on record', async () => {
    await starter();
    await using house = await openRuleHouse(folder);
    await house.rules.start();
    const act = { id: 'card-number', set: { enabled: true }, by: olivia, event: tap('$1') };
    expect(await house.rules.switchRule(act)).toEqual({ is: 'same' });
    expect(await house.rules.switchRule({ ...act, id: 'card-numbr' })).toEqual({ is: 'unknown', meant: 'card-number' });
    expect(await house.changes()).toHaveLength(3);
  });
});

describe('where a desk asks for a second officer', () => {
  test('a changed file is proposed once, stays out of force, and an officer lets it in', async () => {
    await starter();
    const first = await openRuleHouse(folder);
    await first.rules.start();
    await folder.write('cards.yaml', cardRule.replace('quarantine', 'flag'));
    await using house = await againAfter(first, { fourEyes: true });
    expect(await house.rules.start()).toMatchObject({ is: 'proposed', changes: [{ id: 'card-number' }] });
    await house.rules.reload();
    expect((await house.told()).slice(3)).toEqual(['card-number proposed']);
    expect(house.rules.current()?.rules[0]?.consequence).toBe('quarantine');
    const approval = { id: 'card-number', by: olivia, event: tap('$1') };
    expect(await house.rules.approve(approval)).toMatchObject({ is: 'done', change: 'changed' });
    expect(await house.rules.approve(approval)).toMatchObject({ is: 'done', change: 'changed' });
    expect(house.rules.current()?.rules[0]?.consequence).toBe('flag');
    expect((await house.changes()).at(-1)?.body).toMatchObject({ change: 'changed', approvedBy: olivia });
    expect(await house.rules.reload()).toEqual({ is: 'same' });
    expect(await house.rules.approve({ ...approval, event: tap('$2') })).toMatchObject({ is: 'unknown' });
  });

  test('files that go back withdraw what they proposed', async () => {
    await starter();
    await using house = await openRuleHouse(folder, { fourEyes: true });
    await house.rules.start();
    await folder.write('cards.yaml', cardRule.replace('quarantine', 'flag'));
    await folder.write('new.yaml', wordRule.replace('off-channel', 'another'));
    await folder.remove('talk.yaml');
    expect(await house.rules.reload()).toMatchObject({ is: 'proposed', changes: [{}, {}, {}] });
    expect((await house.rules.onRecord()).proposals).toHaveLength(3);
    await starter();
    await folder.remove('new.yaml');
    expect(await house.rules.reload()).toEqual({ is: 'same' });
    expect((await house.rules.onRecord()).proposals).toEqual([]);
  });

  test('a removal is proposed as well', async () => {
    await starter();
    await using house = await openRuleHouse(folder, { fourEyes: true });
    await house.rules.start();
    await folder.remove('talk.yaml');
    await house.rules.reload();
    expect(names(house.rules.current())).toEqual(['card-number', 'off-channel']);
    const acted = await house.rules.approve({ id: 'off-channel', by: olivia, event: tap('$1') });
    expect(acted).toMatchObject({ is: 'done', change: 'removed' });
    expect(names(house.rules.current())).toEqual(['card-number']);
  });

  test('what an officer switches waits for another one, and no reload takes its place', async () => {
    await starter();
    await using house = await openRuleHouse(folder, { fourEyes: true });
    await house.rules.start();
    const act = { id: 'card-number', set: { enabled: false }, by: olivia, event: tap('$1') };
    expect(await house.rules.switchRule(act)).toMatchObject({ is: 'done', change: 'proposed' });
    await folder.write('cards.yaml', cardRule.replace('quarantine', 'flag'));
    await house.rules.reload();
    expect(house.rules.current()?.rules[0]?.enabled).toBe(true);
    expect(await house.rules.approve({ id: 'card-number', by: olivia, event: tap('$2') })).toEqual({
      is: 'own-proposal',
    });
    expect(await house.rules.approve({ id: 'card-number', by: oscar, event: tap('$3') })).toMatchObject({
      change: 'switched',
    });
    expect(house.rules.current()?.rules[0]).toMatchObject({ enabled: false, consequence: 'quarantine' });
    expect((await house.changes()).at(-1)?.body).toMatchObject({ by: olivia, approvedBy: oscar });
  });

  test('a rule whose words are not in force can not be let in before them', async () => {
    await folder.write('cards.yaml', cardRule);
    await using house = await openRuleHouse(folder, { fourEyes: true });
    await house.rules.start();
    await starter();
    await house.rules.reload();
    const approve = (id: string, event: string) => house.rules.approve({ id, by: olivia, event: tap(event) });
    expect(await approve('off-channel', '$1')).toMatchObject({ is: 'unfit', problems: [{}] });
    expect(await approve('words-en', '$2')).toMatchObject({ is: 'done', what: 'lexicon' });
    expect(await approve('off-channel', '$3')).toMatchObject({ is: 'done' });
    expect(names(house.rules.current())).toEqual(['card-number', 'off-channel']);
  });
});

class Killed extends Error {}

/** Everything that changes the set, each step of it cut off once before and once after its append. */
describe('a life that ends', () => {
  const steps: readonly ((house: RuleHouse) => Promise<unknown>)[] = [
    async (house) => {
      await starter();
      return house.rules.start();
    },
    async (house) => {
      await folder.write('cards.yaml', cardRule.replace('quarantine', 'block'));
      return house.rules.reload();
    },
    (house) => house.rules.switchRule({ id: 'off-channel', set: { enabled: false }, by: olivia, event: tap('$off') }),
    async (house) => {
      await folder.write('cards.yaml', 'rules: [');
      return house.rules.reload();
    },
    async (house) => {
      await folder.write('cards.yaml', cardRule);
      await folder.remove('talk.yaml');
      return house.rules.reload();
    },
  ];

  test.each(['before', 'after'] as const)('%s an append leaves in force what is on record', async (when) => {
    let armed = false;
    const kill = (): void => {
      if (!armed) return;
      armed = false;
      throw new Killed();
    };
    const killing = when === 'before' ? { appending: kill } : { appended: kill };
    let house = await openRuleHouse(folder, killing);
    const firsts: boolean[] = [];
    for (const step of steps) {
      armed = true;
      await expect(step(house)).rejects.toThrow(Killed);
      house = await againAfter(house, killing);
      const { set, hasBegun } = await house.rules.onRecord();
      await house.rules.start();
      if (hasBegun) firsts.push(house.engine.used[0]?.digest === set.digest);
      await step(house);
      const now = await house.rules.onRecord();
      expect(house.rules.current()?.digest).toBe(now.set.digest);
      expect((await house.changes()).at(-1)?.body.rules).toBe(now.set.digest);
    }
    expect(firsts).toEqual(Array.from({ length: when === 'before' ? 4 : 5 }, () => true));
    expect((await house.told()).toSorted()).toEqual(
      [
        ...['words-en added', 'card-number added', 'off-channel added', 'card-number changed', 'off-channel switched'],
        ...['policy/cards.yaml refused', 'card-number changed', 'off-channel removed'],
      ].toSorted(),
    );
    await house[Symbol.asyncDispose]();
  });
});

describe('what is on record and can not be used', () => {
  test('is left out, the others are in force, and health names it', async () => {
    await starter();
    const first = await openRuleHouse(folder);
    await first.rules.start();
    const engine = new EngineHere();
    engine.meanwhile = (rules) => {
      const bad = rules.rules.some((rule) => rule.id === 'off-channel');
      const problem = { file: '', path: 'rules.off-channel.when', message: 'not known any more', fix: 'write another' };
      return Promise.resolve(bad ? { ok: false, problems: [problem] } : undefined);
    };
    await using house = await againAfter(first, { engine });
    await house.rules.start();
    expect(names(house.rules.current())).toEqual(['card-number']);
    expect(house.warnings.get('policy-rules')).toContain('off-channel');
    expect(house.log.events()).toContain('policy.rules-missing');
  });

  test('as a whole stays what is asked for, is said in health, and is tried again by a reload', async () => {
    await starter();
    const first = await openRuleHouse(folder);
    await first.rules.start();
    const engine = new EngineHere();
    let broken = true;
    engine.meanwhile = () => Promise.resolve(broken ? { ok: false, problems: [] } : undefined);
    await using house = await againAfter(first, { engine });
    await house.rules.start();
    expect(names(house.rules.current())).toEqual(['card-number', 'off-channel']);
    expect(house.warnings.get('policy-rules')).toContain('!c rule reload');
    broken = false;
    await house.rules.reload();
    expect(engine.used).toHaveLength(1);
    expect(house.warnings.size).toBe(0);
  });
});

describe('a rule that is tried', () => {
  test('finds what it looks for though it is switched off, and nothing goes on record', async () => {
    await starter();
    await using house = await openRuleHouse(folder);
    await house.rules.start();
    const size = await house.test.journal.size();
    await house.rules.switchRule({ id: 'off-channel', set: { enabled: false }, by: olivia, event: tap('$1') });
    const tried = await house.rules.tryRule('off-channel', 'just call my cell later');
    expect(tried).toMatchObject({ is: 'judged', hit: { rule: 'off-channel', count: 1 } });
    expect(await house.rules.tryRule('card-number', 'no number here')).toEqual({ is: 'judged', hit: undefined });
    expect(await house.rules.tryRule('nothing', 'x')).toBeUndefined();
    expect(await house.test.journal.size()).toBe(size + 1);
  });
});

test('the desks are told once for each load, and not of what a desk does itself', async () => {
  await starter();
  await using house = await openRuleHouse(folder);
  await house.rules.start();
  await house.rules.switchRule({ id: 'card-number', set: { dryRun: true }, by: olivia, event: tap('$1') });
  await folder.write('cards.yaml', 'rules: [');
  await house.rules.reload();
  const plans = await house.test.views.read(async (reading) => {
    const found: string[] = [];
    for (const entry of await house.changes()) {
      const tasks = await rulePlanner.plan(entry, reading, house.test.views.sealer);
      found.push(...tasks.map(({ kind }) => `${kind} ${entry.body.id} ${entry.body.change}`));
    }
    return found;
  });
  expect(plans).toEqual(['policy.rules-told words-en added', 'policy.rules-told policy/cards.yaml refused']);
});

test('nothing of a rule is said in the log', async () => {
  await starter();
  await using house = await openRuleHouse(folder);
  await house.rules.start();
  await folder.write('cards.yaml', 'rules: [');
  await house.rules.reload();
  expect(JSON.stringify(house.log.lines)).not.toMatch(/card-number|call my cell|words-en/u);
});
