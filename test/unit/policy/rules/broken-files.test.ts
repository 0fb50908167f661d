/** What a person reads who has made one of the mistakes that people make: the line, what is wrong, what to write. */
import { describe, expect, test } from '@jest/globals';
import { allDetectors } from '../../../../src/policy/detectors/all-detectors.ts';
import { createJudge } from '../../../../src/policy/engine/judge.ts';
import { located } from '../../../../src/policy/rules/located.ts';
import type { PolicyFile } from '../../../../src/policy/rules/policy-file.ts';
import { readRules } from '../../../../src/policy/rules/read-rules.ts';

const lexicon: PolicyFile = {
  name: 'config/lexicons/words-en.txt',
  text: '# language: en\ncall my cell | a test\n',
  is: 'lexicon',
};
const card = 'when: { detector: card }';

/** Rule `one` in lines 2 to 4, its further lines from line 5 on. */
function rule(...lines: readonly string[]): string {
  return `rules:\n  - ${['id: one', 'says: looks odd', 'then: flag', ...lines].join('\n    ')}\n`;
}

/** `4 rules[0].then: what is wrong -> what to write`, of every problem. */
function told(text: string): readonly string[] {
  const files: readonly PolicyFile[] = [{ name: 'a.yaml', text, is: 'rules' }, lexicon];
  const read = readRules(files);
  const made = read.ok ? createJudge(read.value, { detectors: allDetectors, key: new Uint8Array(32) }) : read;
  if (made.ok) return [];
  return located(made.error, files).map(
    ({ file, path, message, fix }) => `${file.replace('a.yaml:', '')} ${path}: ${message} -> ${fix}`,
  );
}

const rows: readonly (readonly [mistake: string, text: string, ...told: string[]])[] = [
  ['a tab', 'rules:\n\t- id: one\n', '2', 'is indented with a tab', 'use spaces'],
  ['the list alone', '- id: one\n', '1', 'is a list', 'write rules: in a line above it'],
  ['an empty file', '', '1 rules', 'is missing', 'write it like: rules: [ { id: card-number'],
  ['another word for rules', 'rule:\n  - id: one\n', 'did you mean rules?', 'rename it to rules'],
  ['a colon in a text', 'rules:\n  - says: odd: very\n', '2', 'a colon stands inside a text', 'quotes'],
  ['a person without quotes', rule(card, 'except: { senders: [@a:b.example] }'), '6', 'YAML keeps for itself', 'quotes'],
  ['a room without quotes', rule(card, 'scope: { rooms: [!a:b.example] }'), '6', 'is not a room id', 'in quotes'],
  ['a pattern without quotes', rule('when: { pattern: *a }'), 'aliases', 'quotes'],
  ['a number for a pattern', rule('when: { pattern: 4111 }'), '5', 'must be a text', 'put it in quotes'],
  ['no consequence', 'rules:\n  - { id: one, says: x, when: { detector: card } }\n', 'then: is missing', 'quarantine'],
  ['a consequence misspelt', rule(card).replace('flag', 'blok'), '4', 'did you mean block?', 'write block'],
  ['a trial as a consequence', rule(card).replace('flag', 'dry-run'), '4', 'is no consequence', 'dryRun: true'],
  ['an id with capitals', rule(card).replace('one', 'Card Number'), '2', 'is not a rule id', 'lower-case'],
  ['an id twice', `${rule(card)}${rule(card).replace('rules:\n', '')}`, '6', 'another rule is called one (a.yaml:2)', 'another id'],
  ['a key misspelt', rule(card, 'sevrity: high'), '6', 'did you mean severity?', 'rename it'],
  ['a key that belongs elsewhere', rule(card, 'scope: { groups: [x] }'), '6', 'unknown key', 'senderIn'],
  ['a detector that there is not', rule('when: { detector: ssn }'), '5', 'did you mean ssn-us?', 'write ssn-us'],
  ['two detectors at once', rule('when: { detector: [card, iban] }'), '5', 'name of a detector', 'detector: card'],
  ['a list of conditions', rule('when: [{ detector: card }]'), '5', 'must be a map', 'write it like: when: { detector: card }'],
  ['a lexicon misspelt', rule('when: { lexicon: word-en }'), '5', 'there is no lexicon word-en', 'write words-en'],
  ['a term misspelt', rule('when: { lexicon: words-en, terms: [call my sell] }'), '5', 'no term', 'write call my cell'],
  ['a pattern that is none', rule("when: { pattern: 'wire (\\d+' }"), '5', "can't be read", 'RE2'],
  ['a pattern that is everywhere', rule("when: { pattern: 'a*' }"), '5', 'found in every text', '+ instead of *'],
  ['a pattern that looks behind', rule("when: { pattern: '(?<=a)b' }"), '5', 'looks ahead or behind', 'near:'],
  ['a confidence in percent', rule('when: { detector: card, confidence: 85% }'), '5', '0 to 1', '0.85'],
  ['half of near', rule('when: { near: { first: { detector: card }, words: 3 } }'), '5', 'second: is missing', 'second: {'],
  ['more than there is', rule(card, 'together: 9'), '6', 'from 0 to 5', 'write 5'],
  ['a word for a number', rule(card, 'count: many'), '6', 'whole number', 'write 1'],
  ['yes for true', rule(card, 'notify: yes'), '6', 'must be true or false', 'notify: true'],
  ['words without a list', rule(card, 'hotWords: visa'), '6', 'must be a list', 'hotWords: ['],
  ['a city for a time zone', rule(card, 'scope: { hours: { zone: Berlin, during: Mon 9-17 } }'), '6', 'not a time zone', 'Europe/Berlin'],
  ['hours in words', rule(card, 'scope: { hours: { zone: Europe/Berlin, during: at night } }'), '6', 'are not hours', 'Mon-Fri'],
  ['a reason that nothing has', rule('when: { unscanned: [picture] }'), '5', 'is none of image', 'write image'],
]; // prettier-ignore

describe('a file of rules with a mistake', () => {
  test.each(rows)('%s', (_mistake, text, ...expected) => {
    const all = told(text).join('\n');
    for (const part of expected) expect(all).toContain(part);
  });

  test('is answered in lines that can be read: none is longer than four lines of a terminal', () => {
    for (const [mistake, text] of rows) {
      for (const line of told(text)) expect([mistake, line.length < 320]).toEqual([mistake, true]);
    }
  });

  test('says as many mistakes as there are', () => {
    expect(told(rule(card, 'sevrity: high', 'count: many', 'together: 9'))).toHaveLength(3);
  });
});
