import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { changesTo, setAfter } from '../../../../src/policy/rules/change-drafts.ts';
import { readRules } from '../../../../src/policy/rules/read-rules.ts';
import { readText, writtenIn, type Written } from '../../../../src/policy/rules/rule-text.ts';
import type { PolicyFile } from '../../../../src/policy/rules/policy-file.ts';
import type { RulesOnRecord } from '../../../../src/policy/rules/rules-on-record.ts';
import { ruleSetOf } from '../../../../src/policy/rules/rule-set.ts';
import { versionOf } from '../../../../src/policy/rules/version.ts';

const root = resolve(import.meta.dirname, '../../../..');
const nothing: RulesOnRecord = {
  ...{ items: new Map(), newest: 0, hasBegun: false, set: ruleSetOf([], []), proposals: [] },
};

function starter(): readonly PolicyFile[] {
  return (['policy', 'lexicons'] as const).flatMap((folder) =>
    readdirSync(join(root, 'config', folder)).map((name): PolicyFile => {
      const text = readFileSync(join(root, 'config', folder, name), 'utf8');
      return { name: `config/${folder}/${name}`, text, is: folder === 'policy' ? 'rules' : 'lexicon' };
    }),
  );
}

function itemsOf(files: readonly PolicyFile[]): readonly Written[] {
  const read = readRules(files);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  const { items, problems } = writtenIn(files, read.value);
  expect(problems).toEqual([]);
  return items;
}

describe('the starter set', () => {
  test('taken apart into texts makes the same rules again, one by one', () => {
    for (const { what, id, text, item } of itemsOf(starter())) {
      const again = readText(what, id, text);
      expect(again === undefined ? undefined : versionOf(again.item)).toBe(versionOf(item));
    }
  });

  test('as changes of nothing makes the same set', () => {
    const read = readRules(starter());
    const set = setAfter(changesTo(itemsOf(starter()), nothing), nothing);
    expect({ ok: true, value: set }).toEqual(read);
  });
});

describe('the text of a rule', () => {
  test('holds what other rules of its file lent it', () => {
    const text = `rules:
  - { id: first, says: a, when: &cards { detector: card }, then: flag }
  - { id: second, says: b, when: { any: [*cards, { detector: iban }] }, then: flag }
`;
    const second = itemsOf([{ name: 'a.yaml', text, is: 'rules' }]).find(({ id }) => id === 'second');
    expect(second?.text).not.toContain('*');
    expect(readText('rule', 'second', second?.text ?? '')?.item).toEqual(second?.item);
  });

  test('that is another rule, or none, is not read', () => {
    expect(readText('rule', 'a', 'rules: []')).toBeUndefined();
    expect(readText('rule', 'a', 'rules: [{ id: b, says: b, when: { detector: card }, then: flag }]')).toBeUndefined();
    expect(readText('lexicon', 'a', 'no language')).toBeUndefined();
  });
});
