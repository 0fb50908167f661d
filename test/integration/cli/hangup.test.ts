/** SIGHUP to a process that is only beginning: service managers send it whenever a file was changed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
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

test('SIGHUP before the rules are loaded is remembered: run goes on, and reads them again once they are', async () => {
  const data = join(place.cwd, 'data');
  mkdirSync(data, { recursive: true });
  const child = spawn('node', [...FLAGS, MAIN, 'run'], { cwd: place.cwd, stdio: ['ignore', 'pipe', 'ignore'] });
  const exit = once(child, 'exit');
  const loads = Promise.withResolvers<undefined>();
  let loaded = 0;
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.includes('"policy.rules-loaded"')) loaded += 1;
    if (loaded === 2) loads.resolve(undefined);
  });
  // The lock is the first that it writes: nothing is loaded yet.
  const watcher = watch(data);
  while (!existsSync(join(data, 'lock'))) await once(watcher, 'change');
  watcher.close();
  child.kill('SIGHUP');
  const first = await Promise.race([exit.then((how: readonly unknown[]) => how), loads.promise]);
  expect(first).toBeUndefined();
  child.kill('SIGTERM');
  expect((await exit)[0]).toBe(0);
});
