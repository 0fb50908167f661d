/** What an admin reads who starts Gatehouse with a connector package that can't be used: a sentence, and it ends. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { CONFIG, newInstallation, SECRET_WORD, type Installation } from '../../support/installation.ts';

const MAIN = new URL('../../../src/main.ts', import.meta.url).pathname;
let place: Installation;

beforeEach(() => {
  place = newInstallation();
});
afterEach(() => {
  place[Symbol.dispose]();
});

/** A package `acme-connector`, as `npm install` leaves it. */
function installed(code: string): void {
  place.write('node_modules/acme-connector/package.json', '{"type":"module","exports":"./i.js"}');
  place.write('node_modules/acme-connector/i.js', code);
}

function exampleInstalled(): void {
  mkdirSync(join(place.cwd, 'node_modules'));
  symlinkSync(resolve('packages/example-connector'), join(place.cwd, 'node_modules/gatehouse-connector-example'));
}

/** Of the example connector, with one method of what it makes in another form. */
function likeTheExample(change: string): string {
  return [
    `import example from ${JSON.stringify(resolve('packages/example-connector/index.js'))};`,
    `export default { ...example, create: (ctx, config) => { ${change} } };`,
  ].join('\n');
}

async function run(connector: object): Promise<{ code: unknown; out: string; err: string }> {
  const written = z.looseObject({}).parse(parse(place.example));
  const anywhere = '127.0.0.1:0';
  const listen = { bridge: anywhere, archive: anywhere, webhooks: anywhere, admin: anywhere };
  place.write(CONFIG, stringify({ ...written, listen, connectors: [{ id: 'carrier', ...connector }] }), 0o644);
  const flags = ['--disable-warning=ExperimentalWarning', '--disable-warning=DEP0060'];
  const child = spawn('node', [...flags, MAIN, 'run'], { cwd: place.cwd });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const closed: readonly unknown[] = await once(child, 'close');
  return { code: closed[0], out, err };
}

const head = "gatehouse: config/gatehouse.yaml can't be used (one problem):\n  connectors[0].";
const settings = { api: 'http://127.0.0.1:1', token: SECRET_WORD, secret: '0123456789abcdef' };

test.each<readonly [string, string | undefined, string]>([
  ['is not installed', undefined, 'package: no package acme-connector is there\n    → npm install acme-connector\n'],
  [
    'throws when it is loaded',
    'throw new Error("no licence")',
    'package: acme-connector fails when it is loaded: no licence\n    → ask whoever made it, or take another version\n',
  ],
  [
    'is for another version of the contract',
    'export default { apiVersion: 2 }',
    "package: acme-connector can't be used: it is for version 2 of the contract; this Gatehouse has version 1\n" +
      '    → ask whoever made it, or take another version\n',
  ],
])('a package that %s is named with what to do; the process ends with 2', async (_what, code, says) => {
  if (code !== undefined) installed(code);
  const ran = await run({ type: 'acme', package: 'acme-connector', token: SECRET_WORD });
  expect(ran).toEqual({ code: 2, out: '', err: head + says });
});

test('a wrong setting of it is named with what is wrong; the process ends with 2', async () => {
  exampleInstalled();
  const ran = await run({ type: 'echo', package: 'gatehouse-connector-example', ...settings, api: 'ftp://x' });
  expect(ran).toMatchObject({ code: 2, out: '' });
  expect(ran.err).toContain(`${head}api: `);
  expect(ran.err).not.toContain(SECRET_WORD);
});

test.each([
  ['made', 'throw new Error("the token is of another account")'],
  [
    'started',
    'return { start: () => Promise.reject(new Error("the token is of another account")), stop: async () => {} }',
  ],
])(
  'one that fails when it is %s is named by its id; the process ends with 1, and shows no stack',
  async (_what, change) => {
    installed(likeTheExample(change));
    const ran = await run({ type: 'echo', package: 'acme-connector', ...settings });
    expect(ran.code).toBe(1);
    expect(ran.err.split('\n')).toContain("gatehouse: connector carrier can't begin: the token is of another account");
    expect(`${ran.out}${ran.err}`).not.toMatch(/\n\s+at |\\n\s+at /u);
    expect(`${ran.out}${ran.err}`).not.toContain(SECRET_WORD);
  },
);
