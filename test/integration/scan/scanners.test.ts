import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.ts';
import type { Scanned, ScannedFile } from '../../../src/core/ports/scanner.ts';
import { scannerOf, type ScanSettings } from '../../../src/scan/scanner.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { fakeClamd } from './fake-clamd.ts';
import { fakeIcap, type FakeIcapOptions } from './fake-icap.ts';

const EICAR = String.raw`X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`;
const NEVER = new AbortController().signal;

let stack: AsyncDisposableStack;
let dir: string;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  dir = await mkdtemp(join(tmpdir(), 'scan-test-'));
});
afterEach(async () => {
  await stack.disposeAsync();
  await rm(dir, { recursive: true, force: true });
});

function file(content: string | Buffer, pieces = 3): ScannedFile {
  const bytes = Buffer.from(content);
  const step = Math.max(1, Math.ceil(bytes.length / pieces));
  return {
    ...{ name: 'a.bin', type: 'application/octet-stream', size: bytes.length },
    open: async function* () {
      for (let at = 0; at < bytes.length; at += step) {
        await Promise.resolve();
        yield bytes.subarray(at, at + step);
      }
    },
  };
}

function scan(settings: ScanSettings, of: ScannedFile, { clock = systemClock, signal = NEVER } = {}): Promise<Scanned> {
  const scanner = scannerOf(settings, clock);
  if (scanner === undefined) throw new Error('no scanner');
  return scanner.scan(of, signal);
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Takes everything and says nothing; resolves with the first bytes. */
async function silentServer(): Promise<{ port: number; met: Promise<unknown> }> {
  const met = Promise.withResolvers<undefined>();
  const server = createServer((socket) => {
    socket.on('error', () => undefined).resume();
    socket.once('data', () => {
      met.resolve(undefined);
    });
    stack.defer(() => {
      socket.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stack.defer(() => {
    server.close();
  });
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, met: met.promise };
}

describe('clamd', () => {
  const at = (port: number): ScanSettings => ({ clamd: { host: '127.0.0.1', port } });

  test('is given the whole file and says that it is clean', async () => {
    const clamd = stack.use(await fakeClamd());
    const content = Buffer.alloc(300_000, 'heron');
    expect(await scan(at(clamd.port), file(content))).toEqual({ result: 'clean' });
    expect(clamd.seen[0]?.equals(content)).toBe(true);
  });

  test('names what it finds', async () => {
    const clamd = stack.use(await fakeClamd());
    expect(await scan(at(clamd.port), file(EICAR))).toEqual({ result: 'found', detail: 'Eicar-Signature' });
  });

  test('is asked over its socket', async () => {
    const path = join(dir, 'clamd.ctl');
    stack.use(await fakeClamd({ path }));
    expect(await scan({ clamd: { path } }, file(''))).toEqual({ result: 'clean' });
  });

  test('that refuses the size never says anything of this file', async () => {
    const clamd = stack.use(await fakeClamd({ most: 100_000 }));
    expect(await scan(at(clamd.port), file(Buffer.alloc(3_000_000, 'x'), 40))).toEqual({
      result: 'failed',
      detail: 'larger than clamd takes',
      again: false,
    });
  });

  test('that looked at a part of the file alone found nothing, and never will', async () => {
    const clamd = stack.use(await fakeClamd({ answer: () => 'stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND' }));
    expect(await scan(at(clamd.port), file('a'))).toEqual({
      result: 'failed',
      detail: 'more than clamd looks at: Heuristics.Limits.Exceeded.MaxFileSize',
      again: false,
    });
  });

  test('that is not there is asked again', async () => {
    expect(await scan(at(await closedPort()), file('a'))).toEqual({
      result: 'failed',
      detail: 'clamd did not answer: ECONNREFUSED',
      again: true,
    });
  });

  test('whose answer is none of ours is asked again, and nothing odd of it is shown', async () => {
    const clamd = stack.use(await fakeClamd({ answer: () => 'stream: \u001b[31mInternal\nerror ERROR' }));
    expect(await scan(at(clamd.port), file('a'))).toEqual({
      result: 'failed',
      detail: 'stream: [31mInternal error ERROR',
      again: true,
    });
  });

  test('that is silent is given up in time', async () => {
    const clock = new ManualClock();
    const { port, met } = await silentServer();
    const asked = scan(at(port), file('a'), { clock });
    await met;
    clock.advance(3 * 60_000);
    expect(await asked).toMatchObject({ result: 'failed', again: true });
    expect(clock.timers).toBe(0);
  });

  test('is left at once when the house stops', async () => {
    const stop = new AbortController();
    const { port, met } = await silentServer();
    const asked = scan(at(port), file('a'), { signal: stop.signal });
    await met;
    stop.abort();
    expect(await asked).toMatchObject({ result: 'failed', again: true });
  });

  test('is not blamed for a file that we can not read', async () => {
    const clamd = stack.use(await fakeClamd());
    const broken: ScannedFile = {
      ...file('a'),
      open: async function* () {
        yield await Promise.resolve(Buffer.from('a'));
        throw new Error('damaged');
      },
    };
    await expect(scan(at(clamd.port), broken)).rejects.toThrow('damaged');
  });
});

describe('an ICAP service', () => {
  const clean = 'ICAP/1.0 204 No Content\r\n\r\n';
  const infected =
    'ICAP/1.0 200 OK\r\nX-Infection-Found: Type=0; Resolution=2; Threat=Eicar-Test-Signature;\r\nEncapsulated: res-hdr=0, null-body=26\r\n\r\nHTTP/1.1 403 Forbidden\r\n\r\n';
  const judge: FakeIcapOptions['judge'] = (body) => (body.includes('EICAR') ? infected : clean);

  async function icap(options: FakeIcapOptions) {
    const service = stack.use(await fakeIcap(options));
    const settings: ScanSettings = { icap: { host: '127.0.0.1', port: service.port, service: 'avscan' } };
    return { service, settings };
  }

  test('is given the whole file as an answer and says that it is clean', async () => {
    const { service, settings } = await icap({ judge });
    const content = Buffer.alloc(300_000, 'heron');
    expect(await scan(settings, file(content))).toEqual({ result: 'clean' });
    expect(service.seen[0]?.line).toBe(`RESPMOD icap://127.0.0.1:${service.port}/avscan ICAP/1.0`);
    expect(service.seen[0]?.heads).toContain('Content-Length: 300000\r\n');
    expect(service.seen[0]?.body.equals(content)).toBe(true);
  });

  test('names what it finds', async () => {
    const { settings } = await icap({ judge });
    expect(await scan(settings, file(EICAR))).toEqual({ result: 'found', detail: 'Eicar-Test-Signature' });
  });

  test('that knows only requests is given the file as one', async () => {
    const { service, settings } = await icap({ methods: 'REQMOD', judge });
    expect(await scan(settings, file(EICAR))).toMatchObject({ result: 'found' });
    expect(service.seen[0]?.heads).toMatch(/^PUT /u);
  });

  test.each([0, 10, 1_024])('with a preview of %d bytes is given the rest when it asks', async (preview) => {
    const { service, settings } = await icap({
      preview,
      judge: (body, whole) => (whole ? judge(body, whole) : 'continue'),
    });
    const content = Buffer.concat([Buffer.alloc(50_000, 'x'), Buffer.from(EICAR)]);
    expect(await scan(settings, file(content, 7))).toMatchObject({ result: 'found' });
    expect(await scan(settings, file(Buffer.alloc(50_000, 'x'), 1))).toEqual({ result: 'clean' });
    expect(service.seen.map(({ body }) => body.length)).toEqual([50_000 + EICAR.length, 50_000]);
  });

  test('that has seen enough in the preview is not given the rest', async () => {
    const { service, settings } = await icap({ preview: 100, judge });
    expect(await scan(settings, file(EICAR + 'x'.repeat(5_000)))).toMatchObject({ result: 'found' });
    expect([service.seen[0]?.body.length, service.seen[0]?.early]).toEqual([100, true]);
  });

  test('is told that a small file ends in its preview', async () => {
    const { service, settings } = await icap({ preview: 1_024, judge });
    expect(await scan(settings, file('small'))).toEqual({ result: 'clean' });
    expect(await scan(settings, file(''))).toEqual({ result: 'clean' });
    expect(service.seen.map(({ early }) => early)).toEqual([false, false]);
  });

  test('that sends the file back as it was has found nothing; changed, it has', async () => {
    const back = (body: string): string =>
      `ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, res-body=19\r\n\r\nHTTP/1.1 200 OK\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    const same = await icap({ judge: (body) => back(body.toString()) });
    expect(await scan(same.settings, file('a letter'))).toEqual({ result: 'clean' });
    const other = await icap({ judge: () => back('blocked by policy') });
    expect(await scan(other.settings, file('a letter'))).toEqual({
      result: 'found',
      detail: 'stopped by the ICAP service',
    });
  });

  test('that fails is asked again', async () => {
    const { settings } = await icap({ judge: () => 'ICAP/1.0 503 Service Overloaded\r\n\r\n' });
    expect(await scan(settings, file('a'))).toEqual({
      result: 'failed',
      detail: 'the ICAP service answered 503',
      again: true,
    });
  });

  test('that is none is asked again', async () => {
    const { settings } = await icap({ judge: () => 'HTTP/1.1 400 Bad Request\r\n\r\n' });
    expect(await scan(settings, file('a'))).toMatchObject({ result: 'failed', again: true });
  });

  test('that is silent is given up in time', async () => {
    const clock = new ManualClock();
    const { port, met } = await silentServer();
    const asked = scan({ icap: { host: '127.0.0.1', port, service: 'a' } }, file('a'), { clock });
    await met;
    clock.advance(3 * 60_000);
    expect(await asked).toMatchObject({ result: 'failed', again: true });
    expect(clock.timers).toBe(0);
  });
});

describe('a scan command', () => {
  async function script(text: string): Promise<string> {
    const path = join(dir, 'scan.sh');
    await writeFile(path, `#!/bin/sh\n${text}\n`);
    await chmod(path, 0o700);
    return path;
  }

  test('is given the file at its input: 0 is clean, 1 is malware with its first words', async () => {
    const command = [await script('if grep -q EICAR; then echo "stdin: Eicar FOUND"; exit 1; fi')];
    expect(await scan({ command }, file(Buffer.alloc(500_000, 'x')))).toEqual({ result: 'clean' });
    expect(await scan({ command }, file(EICAR))).toEqual({ result: 'found', detail: 'stdin: Eicar FOUND' });
  });

  test('is given a path where it asks for one, and nothing is left of it', async () => {
    const command = [await script('echo "$1" >> "$(dirname "$0")/paths"; ! grep -q EICAR "$1"'), '{file}'];
    const before = (await readdir(tmpdir())).filter((name) => name.startsWith('gatehouse-scan-'));
    expect(await scan({ command }, file('a letter'))).toEqual({ result: 'clean' });
    expect(await scan({ command }, file(EICAR))).toEqual({ result: 'found', detail: 'malware' });
    const after = (await readdir(tmpdir())).filter((name) => name.startsWith('gatehouse-scan-'));
    expect(after).toEqual(before);
  });

  test('with another exit code has not answered', async () => {
    const command = [await script('echo "no signatures"; exit 2')];
    expect(await scan({ command }, file('a'))).toEqual({
      result: 'failed',
      detail: 'the scan command ended with 2: no signatures',
      again: true,
    });
  });

  test('that does not read its input is judged by its exit code', async () => {
    const command = [await script('exit 1')];
    expect(await scan({ command }, file(Buffer.alloc(2_000_000, 'x'), 50))).toEqual({
      result: 'found',
      detail: 'malware',
    });
  });

  test('that is not there has not answered', async () => {
    expect(await scan({ command: [join(dir, 'none')] }, file('a'))).toEqual({
      result: 'failed',
      detail: 'the scan command could not be run: ENOENT',
      again: true,
    });
  });

  test('sees nothing of our environment', async () => {
    const command = [await script('env | grep -q NODE_OPTIONS && exit 1; exit 0')];
    expect(await scan({ command }, file('a'))).toEqual({ result: 'clean' });
  });

  test('that hangs is ended in time, with all that it started', async () => {
    const clock = new ManualClock();
    const started = join(dir, 'started');
    const command = [await script(`cat > /dev/null; sleep 600 & echo $! > ${started}; sleep 600`)];
    const asked = scan({ command }, file('a'), { clock });
    const pid = await untilWritten(started);
    clock.advance(3 * 60_000);
    expect(await asked).toEqual({ result: 'failed', detail: 'the scan command was stopped', again: true });
    expect(clock.timers).toBe(0);
    await untilGone(pid);
  });
});

async function untilWritten(path: string): Promise<number> {
  const { readFile } = await import('node:fs/promises');
  for (;;) {
    const pid = Number(await readFile(path, 'utf8').catch(() => ''));
    if (pid > 0) return pid;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function untilGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    // A killed process that nobody waited for stays as a zombie: that is the end of it too.
    const { readFile } = await import('node:fs/promises');
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    if (stat === '' || stat.includes(' Z ')) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
