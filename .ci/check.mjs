/**
 * `npm run check`: every `check:…` of package.json, two at a time, for each of them needs one core. What one says is shown
 * when it is through; all are tried, whatever fails.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

const AT_ONCE = 2;
const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
/** In the order of package.json, where the longest stands first. */
const checks = Object.keys(scripts).filter((name) => name.startsWith('check:'));
const failed = [];

function run(name) {
  const began = performance.now();
  const child = spawn('npm', ['run', '-s', name], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => said.push(bytes));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code !== 0) failed.push(name);
      const seconds = Math.round((performance.now() - began) / 1000);
      process.stdout.write(`${name}: ${code === 0 ? 'good' : 'FAILED'} (${seconds} s)\n${Buffer.concat(said)}`);
      resolve();
    });
  });
}

async function takeTurns() {
  for (let name = checks.shift(); name !== undefined; name = checks.shift()) await run(name);
}

await Promise.all(Array.from({ length: AT_ONCE }, takeTurns));
if (failed.length > 0) {
  process.stdout.write(`check: ${failed.join(', ')} failed\n`);
  process.exitCode = 1;
}
