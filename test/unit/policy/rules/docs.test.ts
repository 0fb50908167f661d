/** The examples of docs/policy-rules.md are rules, each of them. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { allDetectors } from '../../../../src/policy/detectors/all-detectors.ts';
import { createJudge } from '../../../../src/policy/engine/judge.ts';
import type { PolicyFile } from '../../../../src/policy/rules/policy-file.ts';
import { readRules } from '../../../../src/policy/rules/read-rules.ts';

const root = resolve(import.meta.dirname, '../../../..');
const docs = readFileSync(resolve(root, 'docs/policy-rules.md'), 'utf8');
const examples = [...docs.matchAll(/```yaml\n([^]*?)```/gu)].map(([, text]) => text ?? '');

function lexicon(id: string): PolicyFile {
  const name = `config/lexicons/${id}.txt`;
  return { name, text: readFileSync(resolve(root, name), 'utf8'), is: 'lexicon' };
}
const lexicons = ['off-channel-en', 'promises-en'].map(lexicon);

describe('the examples of the manual', () => {
  test.each(examples)('%s', (text) => {
    const read = readRules([{ name: 'example.yaml', text, is: 'rules' }, ...lexicons]);
    expect(read).toMatchObject({ ok: true });
    const made = read.ok ? createJudge(read.value, { detectors: allDetectors, key: new Uint8Array(32) }) : read;
    expect(made).toMatchObject({ ok: true });
  });

  test('the lexicon is one', () => {
    const text = /```\n(# language[^]*?)```/u.exec(docs)?.[1] ?? '';
    expect(readRules([{ name: 'a.txt', text, is: 'lexicon' }])).toMatchObject({ ok: true });
  });

  test('every detector is named', () => {
    const missing = allDetectors.filter(({ id }) => !new RegExp(`\\b${id}\\b`, 'u').test(docs)).map(({ id }) => id);
    expect(missing).toEqual([]);
  });
});
