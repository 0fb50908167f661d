#!/usr/bin/env node
/**
 * Starts Gatehouse. In a checkout it runs the sources, which need Node 24: an older Node hands over to the one that npm
 * installed. In a package there are only built files, which run on Node 22.13 or later.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const source = here('src/main.ts');
const main = existsSync(source) ? source : here('dist/main.js');
const needed = main === source ? 24 : 22;

const mine = Number(process.versions.node.split('.')[0]) >= needed;
const node = here('node_modules/.bin/node');

if (mine) {
  // In this very process, so that whoever watches or ends it has the right one.
  process.noDeprecation = true;
  await import(main);
} else if (existsSync(node)) {
  handOver();
} else {
  console.error(`gatehouse: this is Node ${process.versions.node}; it takes Node ${needed}, which npm ci brings along`);
  process.exitCode = 1;
}

function handOver() {
  const flags = ['--disable-warning=ExperimentalWarning', '--disable-warning=DEP0060'];
  const child = spawn(node, [...flags, main, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`gatehouse: ${node} could not be started (${error.code ?? error.name})`);
    process.exitCode = 1;
  });
  child.on('close', (code) => {
    process.exitCode = code ?? 1;
  });
}
