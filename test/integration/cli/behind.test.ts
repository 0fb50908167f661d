import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readdirSync, rmSync, watch } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '../../../src/demo/synapse/free-port.ts';
import { CONFIG, newInstallation, type Installation } from '../../support/installation.ts';

const MAIN = new URL('../../../src/main.ts', import.meta.url).pathname;
const FLAGS = ['--disable-warning=ExperimentalWarning', '--disable-warning=DEP0060'];

let place: Installation;
beforeAll(async () => {
  place = newInstallation();
  let config = place.example;
  for (const port of [9701, 9702, 9703, 9704]) {
    config = config.replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${await freePort()}`);
  }
  place.write(CONFIG, config, 0o644);
});
afterAll(() => {
  place[Symbol.dispose]();
});

function gatehouse(...argv: readonly string[]) {
  return spawn('node', [...FLAGS, MAIN, ...argv], { cwd: place.cwd });
}

async function ended(child: ReturnType<typeof gatehouse>): Promise<{ code: unknown; out: string; err: string }> {
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
  const closed: readonly unknown[] = await once(child, 'close');
  return { code: closed[0], ...said };
}

/** Starts it, and ends it in order once it serves: a checkpoint is published at the end. */
async function runOnce(data: string): Promise<void> {
  const child = gatehouse('run');
  const end = ended(child);
  const watcher = watch(data);
  while (!existsSync(join(data, 'control.sock'))) await once(watcher, 'change');
  watcher.close();
  child.kill('SIGTERM');
  expect(await end).toMatchObject({ code: 0 });
}

test('a database older than its published checkpoint gets nothing new: run and search refuse, verify says what is missing', async () => {
  const data = join(place.cwd, 'data');
  const databases = (folder: string): readonly string[] =>
    readdirSync(folder).filter((file) => file.startsWith('gatehouse.db'));
  expect(await ended(gatehouse('journal', 'stats'))).toMatchObject({ code: 0 });
  for (const file of databases(data)) copyFileSync(join(data, file), join(place.cwd, `older-${file}`));
  await runOnce(data);
  for (const file of databases(data)) rmSync(join(data, file));
  copyFileSync(join(place.cwd, 'older-gatehouse.db'), join(data, 'gatehouse.db'));

  for (const command of [['run'], ['search', 'hello'], ['journal', 'stats']]) {
    const refused = await ended(gatehouse(...command));
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toMatch(/older than what was published.*holds 1\./u);
  }
  const verdict = await ended(gatehouse('verify'));
  expect(verdict.code).toBe(1);
  expect(verdict.out).toContain('first at 2 ');
  expect(await ended(gatehouse('verify'))).toEqual(verdict);
}, 120_000);
