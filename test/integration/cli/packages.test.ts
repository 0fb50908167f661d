/** What an admin reads who starts Gatehouse with a connector package that can't be used, or can't begin. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { parseJson } from '../../../src/core/json.ts';
import { systemClock, wait } from '../../../src/core/clock.ts';
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

/** Each has a line, the first one that of the example. */
function configure(connectors: readonly Readonly<{ id: string; [setting: string]: unknown }>[]): void {
  const { lines, ...written } = z.looseObject({ lines: z.array(z.looseObject({})) }).parse(parse(place.example));
  const anywhere = '127.0.0.1:0';
  const listen = { bridge: anywhere, archive: anywhere, webhooks: anywhere, admin: anywhere };
  const more = connectors.slice(1).map(({ id }, at) => ({
    ...lines[0],
    ...{ id, name: id, connector: id, address: `+1202555011${String(at)}` },
  }));
  place.write(CONFIG, stringify({ ...written, listen, connectors, lines: [...lines, ...more] }), 0o644);
}

function gatehouse(command: string) {
  const flags = ['--disable-warning=ExperimentalWarning', '--disable-warning=DEP0060'];
  const child = spawn('node', [...flags, MAIN, command], { cwd: place.cwd });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = once(child, 'close').then(([code]: readonly unknown[]) => code);
  const lines = (): readonly unknown[] => out.split('\n').map((line) => parseJson(line));
  return { process: child, ended, lines, out: () => out, err: () => err, said: () => out + err };
}

async function run(connector: object): Promise<{ code: unknown; out: string; err: string }> {
  configure([{ id: 'carrier', ...connector }]);
  const child = gatehouse('run');
  const code = await child.ended;
  return { code, out: child.out(), err: child.err() };
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

test('one that fails when it is made is named by its id; the process ends with 1, and shows no stack', async () => {
  installed(likeTheExample('throw new Error("the token is of another account")'));
  const ran = await run({ type: 'echo', package: 'acme-connector', ...settings });
  expect(ran.code).toBe(1);
  expect(ran.err.split('\n')).toContain("gatehouse: connector carrier can't begin: the token is of another account");
  expect(`${ran.out}${ran.err}`).not.toMatch(/\n\s+at |\\n\s+at /u);
  expect(`${ran.out}${ran.err}`).not.toContain(SECRET_WORD);
});

test('one that can not start is told of by /readyz and doctor with what to do, while the others run', async () => {
  installed(
    likeTheExample(
      'return { start: () => Promise.reject(new Error("the token " + config.token + " was revoked")), stop: async () => {} }',
    ),
  );
  configure([
    { id: 'carrier', type: 'echo', package: 'acme-connector', ...settings },
    { id: 'other', type: 'smpp', host: '127.0.0.1', port: 1, systemId: 'acme', password: SECRET_WORD },
  ]);
  const child = gatehouse('run');
  try {
    const ready = await readiness(child);
    const why = "carrier can't begin: the token [secret] was revoked.";
    expect(ready.status).toBe(503);
    expect(ready.body).toMatchObject({
      connectors: { carrier: 'failed', other: 'connecting' },
      why: expect.arrayContaining([expect.stringContaining(why)]),
    });
    const doctor = gatehouse('doctor');
    await doctor.ended;
    const lines = doctor.said().split('\n');
    expect(lines.filter((line) => line.includes(why))).toHaveLength(1);
    const at = lines.indexOf("✗ carrier can't begin; it is tried again by itself");
    expect(lines[at + 1]).toBe(
      '    → why is told above; put that right, and after a change of the config restart Gatehouse',
    );
    // Nobody is at homeserver.url either: that is told once.
    expect(lines.filter((line) => /homeserver.*(?:can't be reached|doesn't answer)/u.test(line))).toHaveLength(1);
    child.process.kill('SIGTERM');
    expect(await child.ended).toBe(0);
    expect(`${child.said()}${doctor.said()}`).not.toContain(SECRET_WORD);
  } finally {
    child.process.kill('SIGKILL');
  }
});

/** What is answered at /readyz once the first connector has failed. */
async function readiness(child: ReturnType<typeof gatehouse>): Promise<{ status: number; body: unknown }> {
  const heard = z.object({ event: z.literal('http.listening'), setting: z.literal('listen.admin'), port: z.number() });
  let answer = { status: 0, body: z.unknown().parse({}) };
  await soon('a connector that failed', async () => {
    const found = child.lines().flatMap((line) => heard.safeParse(line).data?.port ?? []);
    const [port] = found;
    if (port === undefined) return false;
    const response = await fetch(`http://127.0.0.1:${String(port)}/readyz`);
    answer = { status: response.status, body: await response.json() };
    return JSON.stringify(answer.body).includes('"connecting"') && JSON.stringify(answer.body).includes('"failed"');
  });
  return answer;
}

async function soon(what: string, so: () => Promise<boolean>): Promise<void> {
  const until = systemClock.monotonic() + 60_000;
  while (!(await so())) {
    if (systemClock.monotonic() > until) throw new Error(`waited in vain for ${what}`);
    await wait(systemClock, 50);
  }
}
