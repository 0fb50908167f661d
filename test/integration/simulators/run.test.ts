import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

const script = path.join(import.meta.dirname, '../../support/simulators/run.ts');

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** With `input` it is told to end once it has complained of that. */
function run(args: readonly string[], input?: string): Promise<Ended> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, ...args]);
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString('utf8');
    if (input !== undefined && child.stdin.writable) child.stdin.end(input);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString('utf8');
    if (input !== undefined) child.kill('SIGTERM');
  });
  return new Promise((resolve) => {
    child.once('close', (code) => {
      resolve({ code, out, err });
    });
  });
}

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-simulator-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('a simulator listens, complains of lines that it can’t read, and ends when it is told', async () => {
  writeFileSync(path.join(folder, 'password'), 'secret08\n');
  const account = ['--system-id', 'acme', '--password-file', path.join(folder, 'password')];
  const at = ['--listen', '127.0.0.1:0', ...account, '--log', path.join(folder, 'log')];
  const ended = await run(['smpp', ...at], '{"from": "+12025550199", "text": "to nobody"}\n');
  expect(ended.code).toBe(0);
  expect(ended.out).toMatch(/^\{"listening":"127\.0\.0\.1:\d+"\}$/mu);
  expect(ended.err).toContain('→ at to');
});

test.each([
  ['without what it needs', ['smpp', '--listen', '127.0.0.1:0'], '--system-id, --password-file, --log is missing'],
  ['without a place to listen', ['smpp', '--listen', 'here'], 'is missing'],
  ['with an option that it has not', ['smpp', '--colour', 'blue'], "Unknown option '--colour'"],
])('%s it says what to write', async (_what, args, words) => {
  const ended = await run(args);
  expect(ended.code).toBe(2);
  expect(ended.err).toContain(words);
});

test('without a name it lists what there is', async () => {
  const ended = await run([]);
  expect(ended.code).toBe(0);
  expect(ended.out).toContain('smpp: an SMS carrier');
});
