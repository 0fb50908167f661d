/**
 * Runs a provider's simulator, to try a config with (docs/simulators.md): `npm run simulator -- <name> --listen H:P ...`.
 * Its stdout is JSON lines: `{"listening": ...}` when it can be reached, `{"received": ...}` for what Gatehouse sent,
 * `{"trouble": ...}` for what went wrong between the two. JSON lines on stdin are what customers do; each is answered by
 * `{"taken": true}` once Gatehouse has it. SIGINT or SIGTERM ends it.
 */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { systemClock, wait } from '../../../src/core/clock.ts';
import type { RunningSimulator, Simulator } from './simulator.ts';

/** A row each: what is run under that name. */
const simulators: Readonly<Record<string, () => Promise<{ readonly simulator: Simulator }>>> = {
  android: () => import('./android/command.ts'),
  line: () => import('./line/command.ts'),
  messenger: () => import('./messenger/command.ts'),
  'signal-cli': () => import('./signal/command.ts'),
  smpp: () => import('./smpp/command.ts'),
  telegram: () => import('./telegram/command.ts'),
  twilio: () => import('./twilio/command.ts'),
  whatsapp: () => import('./whatsapp/command.ts'),
};

const [name = '--help', ...words] = process.argv.slice(2);
const [FAILED, WRONG_USAGE] = [1, 2] as const;
/** How soon is said what Gatehouse sent. */
const LOOK_MS = 100;

/** Why it can't be run, and the exit code that says so. */
class Refused extends Error {
  readonly code: number;

  constructor(words: string, code: number = WRONG_USAGE) {
    super(words);
    this.code = code;
  }
}

async function named(wanted: string): Promise<Simulator> {
  const load = Object.hasOwn(simulators, wanted) ? simulators[wanted] : undefined;
  if (load !== undefined) return (await load()).simulator;
  throw new Refused(`"${wanted}" is no simulator: there are ${Object.keys(simulators).join(', ')}`);
}

async function explain(names: readonly string[]): Promise<void> {
  const usage: string[] = [];
  for (const known of names) {
    const { about, options, takes } = await named(known);
    usage.push('', `npm run simulator -- ${known} --listen 127.0.0.1:8100 ...`, `  ${about}`);
    for (const [option, what] of Object.entries(options)) {
      const written = option.endsWith('?') ? `[--${option.slice(0, -1)} ...]` : `--${option} ...`;
      usage.push(`  ${written.padEnd(24)} ${what}`);
    }
    usage.push(...takes.map((line, index) => `  ${(index === 0 ? 'on stdin' : '').padEnd(24)} ${line}`));
  }
  process.stdout.write(`${usage.slice(1).join('\n')}\n`);
}

function say(what: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

async function run(simulator: Simulator): Promise<void> {
  const running = await begun(simulator);
  say({ listening: running.listening, ...running.also });
  const told = new Told(running);
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    act({ running, told, line }).catch((error: unknown) => {
      process.stderr.write(`${whyNotDone(error, simulator)}\n`);
    });
  });
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stopping.abort();
    });
  }
  while (!stopping.signal.aborted) {
    told.tell();
    await wait(systemClock, LOOK_MS, stopping.signal);
  }
  told.tell();
  lines.close();
  await running.close();
}

async function begun(simulator: Simulator): Promise<RunningSimulator> {
  const { host, port, values } = optionsOf(simulator);
  try {
    return await simulator.start({ host, port, option: (option) => values.get(option) });
  } catch (error) {
    if (error instanceof z.ZodError) throw new Refused(error.issues.map(({ message }) => message).join('\n'));
    throw new Refused(whyNotBegun(error), FAILED);
  }
}

/** As Node tells of its system calls. */
const systemError = z.object({
  code: z.string(),
  path: z.string().optional(),
  address: z.string().optional(),
  port: z.number().optional(),
});

function whyNotBegun(error: unknown): string {
  const read = systemError.safeParse(error);
  if (!read.success) return wordsOf(error);
  const { code, path, address, port } = read.data;
  if (path !== undefined) return `${path} can't be read or written (${code})`;
  const place = `${address ?? ''}:${String(port ?? '')}`;
  if (code === 'EADDRINUSE') return `${place} is taken: another program listens there. Name another port.`;
  if (code === 'EACCES') return `${place} is not allowed to you: take a port from 1024 on`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `--listen: that is no address of this machine (${code})`;
  return wordsOf(error);
}

/** Says once what there is to say. */
class Told {
  readonly #running: RunningSimulator;
  #received = 0;
  #troubles = 0;

  constructor(running: RunningSimulator) {
    this.#running = running;
  }

  tell(): void {
    const [received, troubles] = [this.#running.received(), this.#running.troubles?.() ?? []];
    for (const one of received.slice(this.#received)) say({ received: one });
    for (const one of troubles.slice(this.#troubles)) say({ trouble: one });
    [this.#received, this.#troubles] = [received.length, troubles.length];
  }
}

interface Act {
  readonly running: RunningSimulator;
  readonly told: Told;
  readonly line: string;
}

async function act({ running, told, line }: Act): Promise<void> {
  if (line.trim() === '') return;
  const written: unknown = JSON.parse(line);
  const taken = await running.customer(written);
  told.tell();
  if (taken !== undefined) say({ taken });
}

function whyNotDone(error: unknown, { takes }: Simulator): string {
  if (!(error instanceof z.ZodError) && !(error instanceof SyntaxError)) return wordsOf(error);
  const examples = takes.map((one) => `\n  ${one}`).join('');
  return `this line means nothing here: ${wordsOf(error)}\nWrite one like${examples}`;
}

function wordsOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message : String(error);
}

interface Options {
  readonly host: string;
  readonly port: number;
  readonly values: ReadonlyMap<string, string>;
}

function optionsOf({ options }: Simulator): Options {
  const values = parsed(['listen', ...Object.keys(options).map((option) => option.replace(/\?$/u, ''))]);
  const missing = ['listen', ...Object.keys(options)].filter((option) => !option.endsWith('?') && !values.has(option));
  if (missing.length > 0) {
    const verb = missing.length === 1 ? 'is' : 'are';
    throw new Refused(
      `${missing.map((option) => `--${option}`).join(', ')} ${verb} missing; --help says what they are`,
    );
  }
  const at = /^(?<host>.+):(?<port>\d{1,5})$/u.exec(values.get('listen') ?? '')?.groups;
  const port = Number(at?.['port']);
  if (at === undefined || port > 65_535) throw new Refused('--listen: write an address with a port, as 127.0.0.1:8100');
  return { host: at['host'] ?? '', port, values };
}

function parsed(known: readonly string[]): ReadonlyMap<string, string> {
  const options = Object.fromEntries(known.map((option) => [option, { type: 'string' as const }]));
  try {
    const { values } = parseArgs({ args: words, options, strict: true });
    const given = Object.entries(values).filter((one): one is [string, string] => typeof one[1] === 'string');
    return new Map(given);
  } catch (error) {
    throw new Refused(wordsOf(error));
  }
}

try {
  if (name === '--help') await explain(Object.keys(simulators));
  else if (words.includes('--help')) await explain([name]);
  else await run(await named(name));
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  process.stderr.write(`${error.message}\n`);
  // What it opened before it failed keeps nobody.
  process.exit(error.code);
}
