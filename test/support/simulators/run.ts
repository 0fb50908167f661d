/**
 * Runs a provider's simulator, to try a config with: `npm run simulator -- <name> --listen H:P ...`.
 * Prints `{"listening": ...}` when it can be reached, then what it receives; JSON lines on stdin are what customers do.
 * SIGINT or SIGTERM ends it.
 */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { RunningSimulator, Simulator } from './simulator.ts';

/** A row each: what is run under that name. */
const simulators: Readonly<Record<string, () => Promise<{ readonly simulator: Simulator }>>> = {
  android: () => import('./android/command.ts'),
  twilio: () => import('./twilio/command.ts'),
  'signal-cli': () => import('./signal/command.ts'),
  smpp: () => import('./smpp/command.ts'),
  telegram: () => import('./telegram/command.ts'),
  line: () => import('./line/command.ts'),
  messenger: () => import('./messenger/command.ts'),
  whatsapp: () => import('./whatsapp/command.ts'),
};

const [name, ...words] = process.argv.slice(2);
const load = Object.hasOwn(simulators, name ?? '') ? simulators[name ?? ''] : undefined;
if (load === undefined) {
  await explain();
  process.exitCode = name === undefined || name === '--help' ? 0 : 2;
} else await run((await load()).simulator);

async function explain(): Promise<void> {
  const usage = ['npm run simulator -- <name> --listen 127.0.0.1:8100 ...', ''];
  for (const [known, open] of Object.entries(simulators)) {
    const { simulator } = await open();
    usage.push(`${known}: ${simulator.about}`);
    for (const [option, what] of Object.entries(simulator.options)) {
      const words = option.endsWith('?') ? `[--${option.slice(0, -1)} ...]` : `--${option} ...`;
      usage.push(`  ${words.padEnd(24)} ${what}`);
    }
  }
  process.stdout.write(`${usage.join('\n')}\n`);
}

async function run(simulator: Simulator): Promise<void> {
  const given = optionsOf(simulator);
  if (typeof given === 'string') {
    process.stderr.write(`${given}\n`);
    process.exitCode = 2;
    return;
  }
  const say = (what: Readonly<Record<string, unknown>>): void => {
    process.stdout.write(`${JSON.stringify(what)}\n`);
  };
  const { host, port, values } = given;
  const running = await simulator.start({ host, port, say, option: (option) => values.get(option) });
  say({ listening: running.listening });
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    act(running, line).catch((error: unknown) => {
      process.stderr.write(`${wordsOf(error)}
`);
    });
  });
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        resolve();
      });
    }
  });
  lines.close();
  await running.close();
}

async function act(running: RunningSimulator, line: string): Promise<void> {
  const written: unknown = JSON.parse(line);
  await running.customer(written);
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

/** The options, or what is wrong with them. */
function optionsOf({ options }: Simulator): Options | string {
  const names = ['listen', ...Object.keys(options).map((option) => option.replace(/\?$/u, ''))];
  const known = Object.fromEntries(names.map((option) => [option, { type: 'string' as const }]));
  const values = new Map<string, string>();
  try {
    const parsed = parseArgs({ args: words, options: known, strict: true });
    for (const [option, value] of Object.entries(parsed.values))
      if (typeof value === 'string') values.set(option, value);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const missing = ['listen', ...Object.keys(options)].filter((option) => !option.endsWith('?') && !values.has(option));
  if (missing.length > 0) return `${missing.map((option) => `--${option}`).join(', ')} is missing`;
  const at = /^(?<host>.+):(?<port>\d{1,5})$/u.exec(values.get('listen') ?? '')?.groups;
  if (at === undefined) return '--listen: write an address with a port, as 127.0.0.1:8100';
  return { host: at['host'] ?? '', port: Number(at['port']), values };
}
