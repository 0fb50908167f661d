import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { rows, sizeWords, spanWords } from '../../../src/networks/capability-words.ts';
import type { AnyConnectorModule } from '../../../src/networks/contract.ts';
import { networkDocs } from '../../../src/networks/network-docs.ts';
import { connectorTypes, loadConnector } from '../../../src/networks/registry.ts';
import { textOnly } from '../../support/capabilities.ts';

const root = join(import.meta.dirname, '../../..');
const modules: AnyConnectorModule[] = [];
let docs = '';

beforeAll(async () => {
  for (const type of connectorTypes) {
    const module = await loadConnector({ type });
    if (module.ok) modules.push(module.value);
  }
  modules.sort((a, b) => (a.type < b.type ? -1 : 1));
  docs = networkDocs(modules);
});

describe('docs/networks.md', () => {
  test('is what the connectors say of themselves', () => {
    expect(readFileSync(join(root, 'docs/networks.md'), 'utf8')).toBe(docs);
  });

  test('has a column and a section for each type, with every sentence of what can not be done', () => {
    expect(modules.map(({ type }) => type)).toEqual([...connectorTypes].sort());
    for (const { type, facts } of modules) {
      expect(docs).toContain(`[\`${type}\`](#${type})`);
      expect(docs).toContain(`\n## ${type}\n`);
      expect(facts.cannot.length).toBeGreaterThan(0);
      for (const sentence of facts.cannot) expect(docs).toContain(`- ${sentence}`);
      expect(readFileSync(join(root, `docs/networks/${type}.md`), 'utf8')).toMatch(/^# /u);
    }
  });

  test('says of the networks without a connector why', () => {
    for (const network of ['iMessage', 'WeChat', 'Snapchat', 'Instagram']) {
      expect(docs).toMatch(new RegExp(`- \\*\\*${network}[^*]*\\*\\* .{40,}`, 'u'));
    }
  });
});

test('every capability has a row in words', () => {
  const shown = rows.map(([what, cell]) => `${what}: ${cell(textOnly)}`);
  expect(shown).toContain('edits: no');
  expect(shown).toContain('bold, italic, lists: as plain signs');
  expect(shown).toContain('free text after a customer’s last message: always');
  expect(new Set(shown.map((one) => one.split(':')[0])).size).toBe(rows.length);
});

test.each([
  [86_400_000, '1 day'],
  [172_800_000, '2 days'],
  [5_400_000, '90 minutes'],
])('%d ms are %s', (ms, words) => {
  expect(spanWords(ms)).toBe(words);
});

test.each([
  [5_000_000, '5 MB'],
  [24 * 1_048_576, '24 MB'],
  [500_000, '500 KB'],
  [512 * 1_024, '512 KB'],
  [2_000_000_000, '2 GB'],
])('%d bytes are %s', (bytes, words) => {
  expect(sizeWords(bytes)).toBe(words);
});
