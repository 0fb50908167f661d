import { createServer, type IncomingMessage, type Server } from 'node:http';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { Program } from '../../../src/cli/deps.ts';
import { err, ok } from '../../../src/core/result.ts';
import { gatehouse, type Ran } from '../../support/cli.ts';
import { newInstallation, SECRET_WORD, type Installation } from '../../support/installation.ts';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}
const good: Readonly<Record<string, Answer>> = {
  '/_matrix/client/versions': { status: 200, body: { versions: ['v1.11'] } },
  '/_matrix/client/v3/account/whoami': { status: 200, body: { user_id: '@_gatehouse_bridge:acme.example' } },
  '/_synapse/admin/v1/server_version': { status: 200, body: { server_version: '1.163.2' } },
  '/_synapse/admin/v1/rooms?limit=1': { status: 200, body: { rooms: [] } },
  '/_matrix/client/v1/appservice/gatehouse-bridge/ping': { status: 200, body: { duration_ms: 3 } },
  '/_matrix/client/v3/thirdparty/protocols': { status: 200, body: { sms: {}, whatsapp: {} } },
  '/_matrix/client/v1/appservice/gatehouse-archive/ping': { status: 200, body: { duration_ms: 4 } },
};

let place: Installation;
let server: Server;
let answers: Record<string, Answer>;
let skewMs = 0;

function answer(request: IncomingMessage): Answer {
  return answers[request.url ?? ''] ?? { status: 404, body: { errcode: 'M_UNRECOGNIZED' } };
}

beforeAll(async () => {
  place = newInstallation();
  server = createServer((request, response) => {
    const { status, body } = answer(request);
    const date = new Date(Date.now() + skewMs).toUTCString();
    response.writeHead(status, { 'content-type': 'application/json', date }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const text = place.example
    .replace('http://127.0.0.1:8008', `http://127.0.0.1:${String(port)}`)
    .replace('host: smsc.example', 'host: 127.0.0.1')
    .replace('port: 2775', `port: ${String(port)}`);
  place.write('config/gatehouse.yaml', text);
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  place[Symbol.dispose]();
});
beforeEach(() => {
  answers = { ...good };
  skewMs = 0;
});

const findings = z.strictObject({
  id: z.string(),
  ok: z.boolean(),
  level: z.enum(['info', 'warn', 'error']),
  message: z.string(),
  fix: z.string(),
});
type Finding = z.output<typeof findings>;

function running(connector = 'connected'): Partial<Program> {
  return {
    callRunning: (_config, name, { say }) => {
      say({ line: { ok: true, connectors: { carrier: connector }, warnings: [], stale: [] } });
      return Promise.resolve(name === 'health' ? { exit: 0 } : { exit: 1 });
    },
  };
}

async function doctor(
  program: Partial<Program> = running(),
  more = {},
): Promise<Ran & { readonly found: readonly Finding[] }> {
  const ran = await gatehouse(['doctor', '--json'], { cwd: place.cwd, program, ...more });
  return { ...ran, found: ran.said.map((line) => findings.parse(JSON.parse(line))) };
}

describe('gatehouse doctor', () => {
  test.each([
    [3, 'info', 'last backup 3 h ago, in /mnt/backup'],
    [49, 'info', 'last backup 2 days ago, in /mnt/backup'],
    [80, 'warn', 'last backup 3 days ago, in /mnt/backup'],
  ])('says how old the newest backup is: %i h', async (hours, level, message) => {
    const at = Date.now() - hours * 3_600_000;
    place.write('data/last-backup.json', JSON.stringify({ at, to: '/mnt/backup' }));
    const { found } = await doctor();
    expect(found.find(({ id }) => id === 'backup')).toMatchObject({ level, message });
  });

  test('finds nothing wrong in a working installation, and says what should be known', async () => {
    const ran = await doctor();
    expect(ran.code).toBe(0);
    expect(ran.found.filter(({ level }) => level === 'error')).toEqual([]);
    expect(ran.found.filter(({ level }) => level === 'warn').map(({ id }) => id)).toEqual([
      'backup',
      'anchors',
      'inactive',
    ]);
    const messages = ran.found.map(({ message }) => message).join('\n');
    for (const part of [
      'Synapse 1.163.2',
      'bridge pushes: Synapse reaches us in 3 ms',
      'connected',
      '(0600, 32 bytes)',
    ]) {
      expect(messages).toContain(part);
    }
    expect(messages).not.toContain(SECRET_WORD);
  });

  test('says on which networks of ours nobody can be looked up, for Synapse does not know of them', async () => {
    answers['/_matrix/client/v3/thirdparty/protocols'] = { status: 200, body: { whatsapp: {} } };
    const { found, code } = await doctor();
    expect(found.find(({ id }) => id === 'lookups')).toMatchObject({
      level: 'warn',
      message: "nobody can be looked up on sms: Synapse's registration of the bridge was made without",
      fix: 'run gatehouse register and restart Synapse',
    });
    expect(code).toBe(0);
    expect((await doctor({})).found.map(({ id }) => id)).not.toContain('lookups');
  });

  test('in words shows a mark, and under what is wrong what to do', async () => {
    answers['/_matrix/client/v3/account/whoami'] = { status: 401, body: { errcode: 'M_UNKNOWN_TOKEN' } };
    const ran = await gatehouse(['doctor'], { cwd: place.cwd });
    expect(ran.said[0]).toBe('✓ config/gatehouse.yaml');
    const wrong = ran.said.indexOf('✗ archive appservice: Synapse does not know its token');
    expect(ran.said[wrong + 1]).toBe(
      '    → add registration.archive.yaml to app_service_config_files and restart Synapse',
    );
    expect(ran.code).toBe(1);
  });

  test('when Gatehouse doesn’t run, says that pushes were not checked and tries the carrier itself', async () => {
    const ran = await doctor({});
    expect(ran.code).toBe(0);
    expect(ran.found.find(({ id }) => id === 'running')).toMatchObject({
      level: 'warn',
      fix: 'start it with: gatehouse run',
    });
    expect(ran.found.find(({ id }) => id === 'bridge-push')?.level).toBe('warn');
    expect(ran.found.find(({ id }) => id === 'connector-carrier')?.message).toMatch(/reached in \d+ ms$/u);
  });

  const push = '/_matrix/client/v1/appservice/gatehouse-bridge/ping';
  test.each([
    [
      '/_matrix/client/v3/account/whoami',
      401,
      { errcode: 'M_UNKNOWN_TOKEN' },
      'bridge-appservice',
      'does not know its token',
    ],
    [
      '/_matrix/client/v3/account/whoami',
      200,
      { user_id: '@x:other.example' },
      'bridge-appservice',
      'calls itself other.example',
    ],
    ['/_matrix/client/versions', 500, {}, 'homeserver', 'not as a homeserver (HTTP 500)'],
    [
      '/_synapse/admin/v1/rooms?limit=1',
      401,
      { errcode: 'M_UNKNOWN_TOKEN' },
      'admin-token',
      'Synapse does not know it',
    ],
    ['/_synapse/admin/v1/rooms?limit=1', 403, { errcode: 'M_FORBIDDEN' }, 'admin-token', 'no server admin'],
    ['/_synapse/admin/v1/rooms?limit=1', 404, {}, 'admin-token', 'is not served at homeserver.url'],
    [push, 502, { errcode: 'M_CONNECTION_FAILED' }, 'bridge-push', "can't reach us"],
    [push, 504, { errcode: 'M_CONNECTION_TIMEOUT' }, 'bridge-push', "can't reach us"],
    [push, 502, { errcode: 'M_BAD_STATUS' }, 'bridge-push', 'its registration is not ours'],
    [push, 400, { errcode: 'M_URL_NOT_SET' }, 'bridge-push', 'names no address'],
  ])('%s answering %d %j is told as %s', async (...[path, status, body, id, words]) => {
    answers[path] = { status, body };
    const ran = await doctor();
    const found = ran.found.find((finding) => finding.id === id);
    expect(found).toMatchObject({ level: 'error', ok: false });
    expect(found?.message).toContain(words);
    expect(found?.fix).not.toBe('');
    expect(ran.code).toBe(1);
  });

  test.each([
    [0, 'info'],
    [-5_000, 'warn'],
    [120_000, 'error'],
  ])('a homeserver clock %d ms off is %s', async (skew, level) => {
    skewMs = skew;
    expect((await doctor()).found.find(({ id }) => id === 'clock')?.level).toBe(level);
  });

  test.each([
    ['bad-credentials', 'error'],
    ['connecting', 'warn'],
    ['stopped', 'error'],
    ['failed', 'error'],
  ])('a connector that is %s is told as %s', async (state, level) => {
    expect((await doctor(running(state))).found.find(({ id }) => id === 'connector-carrier')?.level).toBe(level);
  });

  test('a database that can’t be opened is told in the words of whoever tried', async () => {
    place.write('data/gatehouse.db', '');
    const refused: Partial<Program> = {
      openRecords: () => Promise.resolve(err('this database was written by a newer version')),
    };
    const ran = await doctor(refused);
    expect(ran.found.find(({ id }) => id === 'database')).toMatchObject({
      level: 'error',
      message: 'this database was written by a newer version',
    });
    const closed: string[] = [];
    const opens: Partial<Program> = {
      openRecords: () =>
        Promise.resolve(
          ok({
            run: () => Promise.resolve({ exit: 0 }),
            [Symbol.asyncDispose]: () => {
              closed.push('closed');
              return Promise.resolve();
            },
          }),
        ),
    };
    expect((await doctor(opens)).found.find(({ id }) => id === 'database')?.level).toBe('info');
    expect(closed).toEqual(['closed']);
  });

  test('an old Node is told', async () => {
    const ran = await doctor(running(), { nodeVersion: '20.19.0' });
    expect(ran.found.find(({ id }) => id === 'node')).toMatchObject({
      level: 'error',
      fix: 'install Node 22.13 or later',
    });
  });

  test('a config that can’t be used is told problem by problem, with exit code 2', async () => {
    chmodSync(join(place.cwd, 'secrets/master.key'), 0o644);
    const ran = await doctor();
    chmodSync(join(place.cwd, 'secrets/master.key'), 0o600);
    expect(ran.code).toBe(2);
    expect(ran.found).toMatchObject([{ id: 'config', level: 'error', fix: 'run: chmod 600 secrets/master.key' }]);
  });
});
