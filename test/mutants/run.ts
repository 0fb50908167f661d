/**
 * `npm run test:mutants`: plants one fault after another in a copy of the tree and lets the simulation look for it.
 * The unchanged copy must keep every promise; each changed one must break one.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mutants, type Edit, type Mutant } from './mutants.ts';

const ROOT = join(import.meta.dirname, '../..');
const SUPPORT = ['test/support/manual-clock.ts', 'test/support/word-gatekeeper.ts'];
const PARTS = ['src', 'package.json', 'test/property/pipeline', ...SUPPORT];
const SEED = '4';
const CONTROL = '400';
const MOST_HISTORIES = '4000';
const ARGUMENTS = [
  '--disable-warning=ExperimentalWarning',
  '--disable-warning=DEP0060',
  'test/property/pipeline/run.ts',
];

function say(words: string): void {
  process.stdout.write(`${words}\n`);
}

function copyOfTree(): string {
  const copy = mkdtempSync(join(tmpdir(), 'gatehouse-mutant-'));
  for (const part of PARTS) cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** @throws Error when the text is gone, or stands there more than once: the fault would not be the one that is named. */
function apply(copy: string, { file, from, to }: Edit): void {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  const places = text.split(from).length - 1;
  if (places !== 1) throw new Error(`${file} has ${String(places)} places, not one, of: ${from}`);
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
}

function restore(copy: string, { file }: Edit): void {
  cpSync(join(ROOT, file), join(copy, file));
}

interface Ran {
  readonly code: number | null;
  readonly said: string;
}

function simulate(copy: string, histories: string): Promise<Ran> {
  const child = spawn(process.execPath, [...ARGUMENTS, '--first', '--seed', SEED, '--histories', histories], {
    cwd: copy,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, said });
    });
  });
}

async function isFound(copy: string, { name, edits }: Mutant): Promise<boolean> {
  for (const edit of edits) apply(copy, edit);
  const { code, said } = await simulate(copy, MOST_HISTORIES);
  for (const edit of edits) restore(copy, edit);
  const [first = ''] = said.split('\n');
  const found = code === 1 && first.startsWith('after ');
  say(`${found ? 'found' : 'MISSED'}: ${name}: ${first}`);
  return found;
}

/** Names at the command line choose some of them. */
const chosen = process.argv.slice(2);

async function run(copy: string): Promise<boolean> {
  const control = await simulate(copy, CONTROL);
  say(`unchanged: ${control.said.split('\n')[0] ?? ''}`);
  let all = control.code === 0;
  for (const mutant of mutants.filter(({ name }) => chosen.length === 0 || chosen.includes(name)))
    all = (await isFound(copy, mutant)) && all;
  return all;
}

const copy = copyOfTree();
try {
  if (!(await run(copy))) process.exitCode = 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}
