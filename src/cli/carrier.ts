/** `gatehouse carrier`: a strict SMS carrier to try things with. JSON lines `{from, to, text}` on stdin are texts from phones. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseListenAddress } from '../config/values/listen-address.ts';
import { runCarrier } from '../demo/carrier/carrier.ts';
import { deliverLines } from '../demo/carrier/customer-lines.ts';
import { aborted } from './aborted.ts';
import type { CommandDeps, Register } from './command.ts';
import { DONE, WRONG_USAGE, type ExitCode } from './exit-code.ts';
import { complain } from './terminal.ts';

interface CarrierOptions {
  readonly listen: string;
  readonly systemId: string;
  readonly passwordFile: string;
  readonly log: string;
  readonly faults?: string;
}

export const register: Register = (program, deps) => {
  program
    .command('carrier')
    .description('a simulated SMS carrier (SMPP 3.4); takes JSON lines {from, to, text} on stdin')
    .requiredOption('--listen <host:port>', 'where to listen; port 0 lets the system choose')
    .requiredOption('--system-id <id>', 'who may bind')
    .requiredOption('--password-file <file>', 'with this password')
    .requiredOption('--log <file>', 'its log: JSON lines {at, dir, pdu, seq, status, from, to, text, id}')
    .option('--faults <file>', 'what it does wrong, as JSON')
    .action(async (options: CarrierOptions) => {
      deps.end(await carrier(options, deps));
    });
};

/** Prints `{listening}` when it can be reached. The end of stdin does not end it; SIGTERM does. */
async function carrier(options: CarrierOptions, deps: CommandDeps): Promise<ExitCode> {
  const { terminal, cwd, clock } = deps;
  const { listen, systemId } = options;
  if (parseListenAddress(listen) === undefined) {
    complain(terminal, `--listen: ${listen} is not an IP address with a port; 127.0.0.1:2775 would be one`);
    return WRONG_USAGE;
  }
  const password = passwordOf(options.passwordFile, deps);
  if (password === undefined) return WRONG_USAGE;
  const faults = options.faults === undefined ? undefined : resolve(cwd, options.faults);
  const running = await runCarrier({ listen, systemId, password, log: resolve(cwd, options.log), faults, clock });
  terminal.out(JSON.stringify({ listening: running.address }));
  const stopped = aborted(deps.signal);
  const told = (words: string): void => {
    complain(terminal, words);
  };
  await Promise.race([deliverLines(running, terminal.lines(), told), stopped]);
  await stopped;
  await running.close();
  return DONE;
}

function passwordOf(file: string, deps: CommandDeps): string | undefined {
  try {
    return readFileSync(resolve(deps.cwd, file), 'utf8').trim();
  } catch {
    complain(deps.terminal, `--password-file: ${file} can't be read`);
    return undefined;
  }
}
