import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newInstallation, type Installation } from '../../support/installation.ts';

let place: Installation;
beforeAll(() => {
  place = newInstallation();
});
afterAll(() => {
  place[Symbol.dispose]();
});

const MAIN = new URL('../../../src/main.ts', import.meta.url).pathname;

function start(...argv: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn('node', ['--disable-warning=ExperimentalWarning', MAIN, ...argv], { cwd: place.cwd });
}

async function ended(child: ChildProcessWithoutNullStreams): Promise<{ code: unknown; out: string; err: string }> {
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const closed: readonly unknown[] = await once(child, 'close');
  return { code: closed[0], out, err };
}

describe('the program as a process', () => {
  test('answers on stdout, complains on stderr, and ends with its code', async () => {
    const good = await ended(start('config', 'check'));
    expect(good).toMatchObject({ code: 0, err: '' });
    expect(good.out).toContain('✓ config/gatehouse.yaml: 1 line, 1 desk');
    const bad = await ended(start('run', '--config', 'nix.yaml'));
    expect(bad).toMatchObject({ code: 2, out: '' });
    expect(bad.err).toContain("nix.yaml: doesn't exist");
  });

  test('carrier takes texts on stdin, logs, and ends in good order at SIGTERM', async () => {
    const given = ['--system-id', 'acme', '--password-file', 'secrets/smpp', '--log', 'carrier.log'];
    const child = start('carrier', '--listen', '127.0.0.1:0', ...given);
    const end = ended(child);
    const first: readonly unknown[] = await once(child.stdout, 'data');
    expect(JSON.parse(String(first[0]))).toEqual({ listening: expect.stringMatching(/^127\.0\.0\.1:\d+$/u) });
    child.stdin.end('{"from": "+12025550199", "to": "+12025550100", "text": "Hi"}\nnonsense\n');
    await once(child.stderr, 'data');
    child.kill('SIGTERM');
    expect(await end).toMatchObject({ code: 0 });
  });

  test('init in a terminal-less process writes an installation with the modes it says', async () => {
    const flags = ['--domain', 'acme.example', '--config', 'fresh/gatehouse.yaml'];
    const ran = await ended(start('init', ...flags));
    expect(ran.code).toBe(0);
    expect(existsSync(join(place.cwd, 'fresh/gatehouse.yaml'))).toBe(true);
    expect(readFileSync(join(place.cwd, 'registration.yaml'), 'utf8')).toContain('_gatehouse_bridge');
  });
});
