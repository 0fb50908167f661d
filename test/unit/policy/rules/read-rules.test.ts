import { describe, expect, test } from '@jest/globals';
import type { PolicyFile } from '../../../../src/policy/rules/policy-file.ts';
import { readRules } from '../../../../src/policy/rules/read-rules.ts';
import type { Rule } from '../../../../src/policy/rule.ts';
import type { RuleProblem } from '../../../../src/policy/rule-problem.ts';

function rulesFile(text: string, name = 'config/policy/a.yaml'): PolicyFile {
  return { name, text, is: 'rules' };
}
/** One rule whose lines are `extra`, beside what every rule needs; it begins in line 2. */
function withRule(...extra: readonly string[]): string {
  const lines = ['id: one', 'says: looks odd', 'then: flag', ...extra];
  return `rules:\n  - ${lines.join('\n    ')}\n`;
}
function lexicon(name: string, ...lines: readonly string[]): PolicyFile {
  return { name: `config/lexicons/${name}.txt`, text: ['# language: en', ...lines].join('\n'), is: 'lexicon' };
}

function ruleOf(text: string): Rule {
  const read = readRules([rulesFile(text)]);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  const [rule] = read.value.rules;
  if (rule === undefined) throw new Error('no rule');
  return rule;
}
function problemsOf(...files: readonly PolicyFile[]): readonly RuleProblem[] {
  const read = readRules(files);
  return read.ok ? [] : read.error;
}

describe('a rule', () => {
  test('needs an id, words, a condition and a consequence; the rest has a default', () => {
    expect(ruleOf(withRule('when: { detector: card }'))).toEqual({
      id: 'one',
      says: 'looks odd',
      severity: 'medium',
      when: { is: 'detector', detector: 'card', least: 0.75 },
      threshold: { count: 1, unique: 1 },
      hotWords: [],
      except: { quotes: false, disclaimers: [], urls: false, senders: [], terms: [] },
      scope: {},
      consequence: 'flag',
      notify: false,
      dryRun: false,
      enabled: true,
      failMode: 'open',
      together: 0,
    });
  });

  test('keeps everything that is written', () => {
    const rule = ruleOf(
      withRule(
        'severity: high',
        'when: { detector: iban, confidence: 0.9 }',
        'count: 3',
        'unique: 2',
        'hotWords: [{ words: [invoice], before: 40, after: 0, by: -0.3 }]',
        'except: { quotes: true, urls: true, disclaimers: [Sent from], senders: ["@t:acme.example"], terms: ["12"] }',
        'scope:',
        '  directions: [outbound, external]',
        '  networks: [sms]',
        '  lines: [sales]',
        '  rooms: ["!a:acme.example"]',
        '  tags: [deals]',
        '  senderIn: [research]',
        '  hours: { zone: Europe/Berlin, during: Mon-Fri 18:00-08:00 }',
        'notify: true',
        'dryRun: true',
        'enabled: false',
        'failMode: closed',
        'together: 5',
      ),
    );
    expect(rule).toEqual({
      id: 'one',
      says: 'looks odd',
      severity: 'high',
      when: { is: 'detector', detector: 'iban', least: 0.9 },
      threshold: { count: 3, unique: 2 },
      hotWords: [{ words: ['invoice'], before: 40, after: 0, by: -0.3 }],
      except: { quotes: true, urls: true, disclaimers: ['Sent from'], senders: ['@t:acme.example'], terms: ['12'] },
      scope: {
        directions: ['outbound', 'external'],
        networks: ['sms'],
        lines: ['sales'],
        rooms: ['!a:acme.example'],
        tags: ['deals'],
        senderIn: ['research'],
        hours: { zone: 'Europe/Berlin', days: [1, 2, 3, 4, 5], from: 18 * 60, to: 8 * 60 },
      },
      consequence: 'flag',
      notify: true,
      dryRun: true,
      enabled: false,
      failMode: 'closed',
      together: 5,
    });
  });
});

describe('a condition', () => {
  test.each([
    ['{ lexicon: words }', { is: 'lexicon', lexicon: 'words' }],
    ['{ lexicon: words, terms: [a b] }', { is: 'lexicon', lexicon: 'words', terms: ['a b'] }],
    ['{ pattern: "wire \\\\d+" }', { is: 'pattern', pattern: 'wire \\d+' }],
    ['{ unscanned: any }', { is: 'unscanned' }],
    ['{ unscanned: [image, locked] }', { is: 'unscanned', why: ['image', 'locked'] }],
    ['{ any: [{ pattern: a }, { pattern: b }] }', { is: 'any', of: [patternOf('a'), patternOf('b')] }],
    ['{ all: [{ pattern: a }, { any: [{ pattern: b }] }] }', allOf()],
    ['{ near: { first: { pattern: a }, second: { pattern: b }, words: 5, ordered: true } }', nearOf('words', 5, true)],
    ['{ near: { first: { pattern: a }, second: { pattern: b }, characters: 9 } }', nearOf('characters', 9, false)],
  ])('%s is read', (written, read) => {
    expect(ruleOf(withRule(`when: ${written}`)).when).toEqual(read);
  });

  function patternOf(pattern: string) {
    return { is: 'pattern', pattern };
  }
  function allOf() {
    return { is: 'all', of: [patternOf('a'), { is: 'any', of: [patternOf('b')] }] };
  }
  function nearOf(unit: string, most: number, ordered: boolean) {
    return { is: 'near', first: patternOf('a'), second: patternOf('b'), most, unit, ordered };
  }
});

describe('a problem says where, what and what to do', () => {
  const good = 'when: { detector: card }';
  test.each([
    ['an unknown key', [good, 'serverity: high'], 6, 'rules[0].serverity', 'did you mean severity?', 'severity'],
    ['an unknown detector', ['when: { detector: crad }'], 5, 'rules[0].when.detector', 'did you mean card?', 'card'],
    ['no condition', ['severity: low'], 2, 'rules[0].when', 'is missing', 'write it like'],
    ['an empty condition', ['when: {}'], 5, 'rules[0].when', 'needs one of detector', 'detector: card'],
    ['two conditions', ['when: { detector: card, pattern: a }'], 5, 'rules[0].when', 'side by side', 'any:'],
    [
      'a confidence of words',
      ['when: { pattern: a, confidence: 1 }'],
      5,
      'rules[0].when.confidence',
      'belongs',
      'remove',
    ],
    ['terms of nothing', ['when: { pattern: a, terms: [b] }'], 5, 'rules[0].when.terms', 'belongs', 'lexicon'],
    [
      'a confidence over 1',
      ['when: { detector: card, confidence: 85 }'],
      5,
      'rules[0].when.confidence',
      '0 to 1',
      '0.85',
    ],
    ['a count of 0', [good, 'count: 0'], 6, 'rules[0].count', 'whole number from 1', '1'],
    ['half a message', [good, 'together: 1.5'], 6, 'rules[0].together', 'whole number from 0 to 5', '0'],
    ['yes as text', [good, 'dryRun: "yes"'], 6, 'rules[0].dryRun', 'must be true or false', 'dryRun: false'],
    ['a lookahead', ['when: { pattern: "a(?=b)" }'], 5, 'rules[0].when.pattern', 'looks ahead', 'near:'],
    ['a back reference', ['when: { pattern: "(a)\\\\1" }'], 5, 'rules[0].when.pattern', 'refers back', 'write out'],
    ['a near without distance', [near('')], 5, 'rules[0].when.near', 'either words or characters', 'words: 5'],
    ['a near with two', [near('words: 1, characters: 1')], 5, 'rules[0].when.near', 'either words', 'words: 5'],
    [
      'a hot word that looks nowhere',
      [good, 'hotWords: [{ words: [a], by: 1 }]'],
      6,
      'rules[0].hotWords[0]',
      'nowhere',
      '50',
    ],
    [
      'an unknown direction',
      [good, 'scope: { directions: [outbond] }'],
      6,
      'directions[0]',
      'mean outbound?',
      'outbound',
    ],
    [
      'no direction at all',
      [good, 'scope: { directions: [] }'],
      6,
      'rules[0].scope.directions',
      'is empty',
      'everywhere',
    ],
    [
      'an alias for a room',
      [good, 'scope: { rooms: ["#a:b.example"] }'],
      6,
      'rules[0].scope.rooms[0]',
      'not a room id',
      '!abc',
    ],
    [
      'hours that are none',
      [good, hours('Mon-Fry 1-2')],
      6,
      'rules[0].scope.hours.during',
      'not hours',
      'Mon-Fri 18:00',
    ],
    [
      'no time zone',
      [good, hours('Mon 01:00-02:00', 'Europe/Berln')],
      6,
      'hours.zone',
      'not a time zone',
      'Europe/Berlin',
    ],
    ['an unscanned reason', ['when: { unscanned: [img] }'], 5, 'rules[0].when.unscanned', '', 'image'],
    ['a key twice', [good, 'then: block'], 6, 'line 6', 'stands in its section already', 'remove'],
  ])('%s', (_what, extra, ...expected) => {
    const [line, path, message, fix] = expected;
    const [problem, ...more] = problemsOf(rulesFile(withRule(...extra)));
    expect(more).toEqual([]);
    expect(problem).toEqual({
      file: `config/policy/a.yaml:${String(line)}`,
      path: expect.stringContaining(path),
      message: expect.stringContaining(message),
      fix: expect.stringContaining(fix),
    });
  });

  function near(distance: string): string {
    return `when: { near: { first: { pattern: a }, second: { pattern: b }, ${distance} } }`;
  }
  function hours(during: string, zone = 'Europe/Berlin'): string {
    return `scope: { hours: { zone: ${zone}, during: ${during} } }`;
  }

  test('all problems of all files are told at once, in the order of their lines', () => {
    const text = 'rules:\n  - id: One\n    says: x\n    when: { detector: card }\n    then: shout\n';
    const problems = problemsOf(rulesFile(text), rulesFile('rules: 3', 'b.yaml'), lexicon('words', 'call me'));
    expect(problems.map(({ file }) => file)).toEqual([
      'config/policy/a.yaml:2',
      'config/policy/a.yaml:5',
      'b.yaml:1',
      'config/lexicons/words.txt:2',
    ]);
  });

  test('a file with one wrong rule gives no set at all', () => {
    const wrong = rulesFile(withRule('when: { detector: nothing }'), 'b.yaml');
    expect(readRules([rulesFile(withRule('when: { detector: card }')), wrong]).ok).toBe(false);
  });

  test('what is no YAML, nested without end, or half a character is refused in words', () => {
    const texts = [
      'rules: [',
      `rules: ${'['.repeat(50_000)}`,
      `rules: ${'['.repeat(60)}${']'.repeat(60)}`,
      withRule('when: { pattern: "\\uD800" }'),
      '&a [*a]',
      '- 1',
      '',
      'null',
      '"a text"',
    ];
    for (const text of texts) {
      const problems = problemsOf(rulesFile(text));
      expect(problems.length).toBeGreaterThan(0);
      for (const problem of problems) expect(problem.fix).not.toBe('');
    }
  });
});

describe('limits', () => {
  test('a pattern has at most 500 characters', () => {
    expect(problemsOf(rulesFile(withRule(`when: { pattern: ${'a'.repeat(500)} }`)))).toEqual([]);
    expect(problemsOf(rulesFile(withRule(`when: { pattern: ${'a'.repeat(501)} }`)))).toHaveLength(1);
  });

  test('a rule has at most 50 patterns, however they are nested', () => {
    const some = (n: number): string => `{ any: [${Array.from({ length: n }, () => '{ pattern: a }').join(', ')}] }`;
    expect(problemsOf(rulesFile(withRule(`when: { all: [${some(25)}, ${some(25)}] }`)))).toEqual([]);
    const [problem] = problemsOf(rulesFile(withRule(`when: { all: [${some(25)}, ${some(26)}] }`)));
    expect(problem?.message).toContain('51 patterns');
  });

  test('all files together have at most 200 rules', () => {
    const file = (from: number, n: number): PolicyFile =>
      rulesFile(
        `rules:\n${Array.from({ length: n }, (_, i) => `  - { id: r${String(from + i)}, says: x, then: flag, when: { pattern: a } }`).join('\n')}`,
        `${String(from)}.yaml`,
      );
    expect(problemsOf(file(0, 100), file(100, 100))).toEqual([]);
    expect(problemsOf(file(0, 100), file(100, 101))).toEqual([
      expect.objectContaining({ file: '100.yaml:102', message: 'there are more than 200 rules in all files' }),
    ]);
  });

  test('a file is at most 1 MB', () => {
    expect(problemsOf(rulesFile(`# ${'x'.repeat(1024 * 1024)}`))).toEqual([
      expect.objectContaining({ file: 'config/policy/a.yaml', message: 'is larger than 1 MB' }),
    ]);
  });
});

describe('the set', () => {
  const rules = (...ids: readonly string[]): string =>
    `rules:\n${ids.map((id) => `  - { id: ${id}, says: x, then: flag, when: { pattern: a } }`).join('\n')}`;

  test('is the same whatever file a rule stands in', () => {
    const one = readRules([rulesFile(rules('a', 'b', 'c'))]);
    const two = readRules([rulesFile(rules('c'), 'x.yaml'), rulesFile(rules('b', 'a'), 'y.yaml')]);
    expect(one.ok && two.ok && one.value.digest === two.value.digest).toBe(true);
    expect(one).toEqual(two);
  });

  test('is another one with one letter changed', () => {
    const one = readRules([rulesFile(rules('a'))]);
    const two = readRules([rulesFile(rules('a').replace('says: x', 'says: y'))]);
    expect(one.ok && two.ok && one.value.digest !== two.value.digest).toBe(true);
  });

  test('has each id once', () => {
    expect(problemsOf(rulesFile(rules('a', 'b')), rulesFile(rules('b'), 'y.yaml'))).toEqual([
      {
        file: 'y.yaml:2',
        path: 'rules[0].id',
        message: 'another rule is called b (config/policy/a.yaml:3)',
        fix: 'give one of them another id',
      },
    ]);
    const twice = [lexicon('w', 'a b | c'), { ...lexicon('w', 'a b | c'), name: 'other/w.txt' }];
    expect(problemsOf(...twice)).toEqual([expect.objectContaining({ file: 'other/w.txt' })]);
  });
});
