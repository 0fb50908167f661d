import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { Json } from '../../../src/core/json.ts';
import { callControl } from '../../../src/http/control/call-control.ts';
import { acquireLock } from '../../../src/http/control/lock.ts';
import { LINE_MAX } from '../../../src/http/control/protocol.ts';
import {
  controlCommand,
  ControlRefused,
  serveControl,
  type ControlCommand,
} from '../../../src/http/control/serve-control.ts';
import { KeptLog } from '../../support/quiet.ts';

let dir = '';
let path = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'control-'));
  path = join(dir, 'control.sock');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('the control socket', () => {
  const log = new KeptLog();
  const echo = controlCommand(z.strictObject({ n: z.number().int() }), ({ n }, context) => {
    for (let step = 1; step <= n; step += 1) context.progress({ step });
    return Promise.resolve({ n, text: 'línea\n2', none: undefined });
  });
  const commands = new Map<string, ControlCommand>([
    ['echo', echo],
    ['refuse', controlCommand(z.null(), () => Promise.reject(new ControlRefused('nothing to do')))],
    ['break', controlCommand(z.null(), () => Promise.reject(new Error('secret +12025550199')))],
    ['hang', controlCommand(z.null(), (_args, { signal }) => once(signal, 'abort').then(() => 'aborted'))],
  ]);
  let server: AsyncDisposable;
  beforeEach(async () => {
    server = await serveControl(path, commands, log);
  });
  afterEach(async () => {
    await server[Symbol.asyncDispose]();
  });

  test('answers, with its steps on the way', async () => {
    const steps: Json[] = [];
    const answer = await callControl(path, 'echo', { n: 3 }, { progress: (step) => steps.push(step) });
    expect(answer).toEqual({ ok: true, value: { n: 3, text: 'línea\n2' } });
    expect(steps).toEqual([{ step: 1 }, { step: 2 }, { step: 3 }]);
  });

  test('only its own user can open it, and nothing else is left in the folder', async () => {
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(dir)).toEqual(['control.sock']);
  });

  test.each<[string, Json, string, string]>([
    ['echo', { n: 'x' }, 'usage', 'n: '],
    ['echo', { n: 1, extra: true }, 'usage', 'extra'],
    ['refuse', null, 'refused', 'nothing to do'],
    ['break', null, 'failed', 'the log says why'],
    ['other', null, 'unknown-command', '"other"'],
  ])('%s %j is answered with %s', async (command, args, code, words) => {
    const answer = await callControl(path, command, args);
    expect(answer).toMatchObject({ ok: false, error: { code } });
    expect(JSON.stringify(answer)).toContain(words.replaceAll('"', '\\"'));
    expect(JSON.stringify(answer)).not.toContain('2025550199');
  });

  test.each(['nonsense\n', '{}\n', '{"command":7,"args":null}\n', '[]\n', '\u0000\n'])(
    '%j is no request',
    async (line) => {
      const socket = connect(path);
      socket.write(line);
      const chunk = await new Promise<string>((resolve) =>
        socket.once('data', (bytes) => {
          resolve(bytes.toString('utf8'));
        }),
      );
      expect(chunk).toContain('"usage"');
      socket.destroy();
    },
  );

  test('a request without end is cut off', async () => {
    const socket = connect(path);
    socket.on('error', () => undefined);
    const closed = once(socket, 'close');
    socket.write('x'.repeat(LINE_MAX + 2));
    await closed;
    expect(await callControl(path, 'echo', { n: 0 })).toMatchObject({ ok: true });
  });

  test('a command is told when its asker goes away, and an asker when the process does', async () => {
    const hanging = callControl(path, 'hang', null);
    await callControl(path, 'echo', { n: 0 });
    await server[Symbol.asyncDispose]();
    expect(await hanging).toMatchObject({ ok: false, error: { code: 'unclear' } });
    expect(await callControl(path, 'echo', { n: 0 })).toMatchObject({ ok: false, error: { code: 'not-running' } });
  });

  test('a second server is refused while the first lives', async () => {
    await expect(serveControl(path, commands, log)).rejects.toThrow('another Gatehouse process serves');
    expect(await callControl(path, 'echo', { n: 0 })).toMatchObject({ ok: true });
  });

  test('a socket that a crash left behind is replaced; a file of somebody else is not', async () => {
    const left = join(dir, 'left.sock');
    const child = spawn(process.execPath, [
      '-e',
      `require('net').createServer().listen(${JSON.stringify(left)}, () => console.log('up'))`,
    ]);
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const second = await serveControl(left, commands, log);
    expect(await callControl(left, 'echo', { n: 0 })).toMatchObject({ ok: true });
    await second[Symbol.asyncDispose]();
    const file = join(dir, 'file');
    await writeFile(file, 'mine');
    await expect(serveControl(file, commands, log)).rejects.toThrow('is in the way');
  });

  test('a path too long for a socket is refused in words', async () => {
    await expect(serveControl(join(dir, 'x'.repeat(120)), commands, log)).rejects.toThrow(
      'set data.dir to a shorter path',
    );
  });

  test('an answer that is none is unclear', async () => {
    const odd = join(dir, 'odd.sock');
    const strange = createServer((socket) => socket.end('hello\n')).listen(odd);
    await once(strange, 'listening');
    expect(await callControl(odd, 'echo', { n: 0 })).toMatchObject({ ok: false, error: { code: 'unclear' } });
    strange.close();
  });
});

describe('the lock of a data folder', () => {
  test('is given back when it is disposed, and names its holder while it is held', async () => {
    const file = join(dir, 'lock');
    const first = await acquireLock(file, { pid: 11, what: 'run' });
    expect(first.ok).toBe(true);
    const second = await acquireLock(file, { pid: 22, what: 'rebuild' });
    expect(second).toMatchObject({ ok: false, error: { holder: { pid: 11, what: 'run' } } });
    expect(second.ok ? '' : second.error.message).toContain('another Gatehouse process (11, gatehouse run)');
    if (first.ok) await first.value[Symbol.asyncDispose]();
    const third = await acquireLock(file, { pid: 33, what: 'rebuild' });
    expect(third.ok).toBe(true);
    if (third.ok) await third.value[Symbol.asyncDispose]();
  });

  test('dies with its process, even one that is killed', async () => {
    const file = join(dir, 'lock');
    const lock = new URL('../../../src/http/control/lock.ts', import.meta.url).href;
    const script = `const { acquireLock } = await import(${JSON.stringify(lock)});
      const held = await acquireLock(${JSON.stringify(file)}, { pid: process.pid, what: 'run' });
      setInterval(() => held, 1000); console.log('held');`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    await once(child.stdout, 'data');
    expect(await acquireLock(file, { pid: 1, what: 'rebuild' })).toMatchObject({
      ok: false,
      error: { holder: { pid: child.pid } },
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
    const after = await acquireLock(file, { pid: 1, what: 'rebuild' });
    expect(after.ok).toBe(true);
    if (after.ok) await after.value[Symbol.asyncDispose]();
  });
});
