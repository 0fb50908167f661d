/**
 * `npm run test:mutants`: plants one fault after another in a copy of the tree and lets the simulation look for it, or the
 * test that is named. The unchanged copy must keep every promise; each changed one must break one.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { mutants, type Edit, type Mutant } from './mutants.ts';

const ROOT = join(import.meta.dirname, '../..');
const PARTS = ['src', 'package.json', 'jest.config.mjs', 'test'];
const SEED = '4';
const CONTROL = '400';
const MOST_HISTORIES = '4000';
const ARGUMENTS = [
  '--disable-warning=ExperimentalWarning',
  '--disable-warning=DEP0060',
  'test/property/pipeline/run.ts',
];

/** Copies of the tree, in each of which one fault at a time is looked for: as many as the machine has cores, and two at most. */
const COPIES = Math.min(availableParallelism(), 2);

/** One worker: the other core is the other copy's. */
const JEST = [
  '--experimental-vm-modules',
  ...ARGUMENTS.slice(0, 2),
  'node_modules/jest/bin/jest.js',
  ...['-w', '1', '--json', '--silent', '--coverage=false'],
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
  return ran(copy, [...ARGUMENTS, '--first', '--seed', SEED, '--histories', histories]);
}

function ran(copy: string, args: readonly string[], errors: 'inherit' | 'ignore' = 'inherit'): Promise<Ran> {
  const child = spawn(process.execPath, args, { cwd: copy, stdio: ['ignore', 'pipe', errors] });
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

async function isFound(copy: string, { name, edits, foundBy }: Mutant): Promise<boolean> {
  for (const edit of edits) apply(copy, edit);
  const { broken, words } = foundBy === undefined ? await simulated(copy) : await tested(copy, [foundBy]);
  for (const edit of edits) restore(copy, edit);
  say(`${broken ? 'found' : 'MISSED'}: ${name}: ${words}`);
  return broken;
}

interface Looked {
  /** A promise was broken. */
  readonly broken: boolean;
  readonly words: string;
}

async function simulated(copy: string): Promise<Looked> {
  const { code, said } = await simulate(copy, MOST_HISTORIES);
  const [words = ''] = said.split('\n');
  return { broken: code === 1 && words.startsWith('after '), words };
}

const report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numRuntimeErrorTestSuites: z.number(),
});

/** A file that does not even load finds nothing. */
async function tested(copy: string, files: readonly string[]): Promise<Looked> {
  const { said } = await ran(copy, [...JEST, '--', ...files], 'ignore');
  const parsed = report.safeParse(JSON.parse(said === '' ? '{}' : said));
  if (!parsed.success) return { broken: false, words: 'the tests do not run' };
  const { numPassedTests: passed, numFailedTests: failed, numRuntimeErrorTestSuites: unread } = parsed.data;
  return { broken: failed > 0 && unread === 0, words: `${failed} of ${passed + failed} tests fail` };
}

/** Names at the command line choose some of them. */
const chosen = process.argv.slice(2);

async function run(copies: readonly string[]): Promise<boolean> {
  const wanted = mutants.filter(({ name }) => chosen.length === 0 || chosen.includes(name));
  const works = [...soundness(wanted), ...wanted.map((mutant) => (copy: string) => isFound(copy, mutant))];
  let all = true;
  // Each copy takes the next of them when it is through with one, and is as it was before the next begins.
  const takeTurns = async (copy: string): Promise<void> => {
    for (let work = works.shift(); work !== undefined; work = works.shift()) all = (await work(copy)) && all;
  };
  await Promise.all(copies.map(takeTurns));
  return all;
}

type Work = (copy: string) => Promise<boolean>;

/** Whether an unchanged copy keeps all that is looked at: the promises of the simulation, and the tests that are named. */
function soundness(wanted: readonly Mutant[]): readonly Work[] {
  const simulation: Work = async (copy) => {
    const { code, said } = await simulate(copy, CONTROL);
    say(`unchanged: ${said.split('\n')[0] ?? ''}`);
    return code === 0;
  };
  const files = [...new Set(wanted.flatMap(({ foundBy }) => foundBy ?? []))];
  const tests: Work = async (copy) => {
    const { words } = await tested(copy, files);
    say(`unchanged: ${words}`);
    return words.startsWith('0 of ');
  };
  return files.length === 0 ? [simulation] : [simulation, tests];
}

const copies = Array.from({ length: COPIES }, copyOfTree);
try {
  if (!(await run(copies))) process.exitCode = 1;
} finally {
  for (const copy of copies) rmSync(copy, { recursive: true, force: true });
}
