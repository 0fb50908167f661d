import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { connectorTypesOf } from '../../../src/cli/connector-types.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { problemText } from '../../../src/config/problem.ts';
import { newInstallation, type Installation } from '../../support/installation.ts';

const docs = join(import.meta.dirname, '../../../docs');
const pages = ['media.md', ...readdirSync(join(docs, 'networks')).map((name) => `networks/${name}`)];
const tree = z.record(z.string(), z.unknown());

/** The parts of a config that a page shows: those blocks of YAML that begin with a section of it, and files it links. */
function examplesOf(page: string): readonly z.output<typeof tree>[] {
  const text = readFileSync(join(docs, page), 'utf8');
  const blocks = Array.from(text.matchAll(/^```yaml\n([^]*?)^```/gmu), ([, block = '']) => block);
  const links = Array.from(text.matchAll(/\]\((\S+\.yaml)\)/gu), ([, link = '']) => join(docs, page, '..', link));
  const parts = [...blocks, ...links.map((file) => readFileSync(file, 'utf8'))].map((part) => tree.parse(parse(part)));
  return parts.filter((part) => 'connectors' in part || 'media' in part);
}

const secret = z.union([z.strictObject({ file: z.string() }), z.strictObject({ env: z.string() })]);
/** Made up, in the form that their connectors want. */
const secrets: Readonly<Record<string, string>> = {
  password: 'secret08',
  token: '123456:AAF-token-of-no-bot-at-all_1234567890',
};

/** Secrets as words: their files are not on this machine. `of`: the key that the value stands at. */
function withSecrets(value: unknown, of = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => withSecrets(one));
  if (typeof value !== 'object' || value === null) return value;
  if (secret.safeParse(value).success) return secrets[of] ?? 'a-secret';
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withSecrets(one, name)]));
}

describe('what a page of the documentation shows of a config', () => {
  let place: Installation;
  beforeAll(() => {
    place = newInstallation();
  });
  afterAll(() => {
    place[Symbol.dispose]();
  });

  test.each(pages.map((page) => [page]))('%s has an example', (page) => {
    expect(examplesOf(page).length).toBeGreaterThan(0);
  });

  test.each(pages.flatMap((page) => examplesOf(page).map((example, n) => ({ page, n: n + 1, example }))))(
    '$page, example $n, passes the check in a config that is otherwise the shipped example',
    async ({ example }) => {
      const base = tree.parse(parse(place.example));
      place.write('config/shown.yaml', stringify({ ...base, ...tree.parse(withSecrets(example)) }));
      const connectorTypes = await connectorTypesOf();
      const loaded = await loadConfig('config/shown.yaml', { connectorTypes, cwd: place.cwd, env: {} });
      expect(loaded.ok ? [] : loaded.error.map(problemText)).toEqual([]);
    },
  );
});
