/** The process's edge: arguments, signals, exit code. Signals come first: what answers them takes a while to load. */
import { Hangups } from './cli/hangups.ts';
import type { Program } from './cli/deps.ts';

const stop = new AbortController();
const interrupt = (): void => {
  stop.abort();
};
process.on('SIGINT', interrupt);
process.on('SIGTERM', interrupt);
// `run` reads its rules again; any other command ends with its terminal, as a process does by itself.
const hangups = new Hangups();
if (process.argv[2] === 'run') {
  process.on('SIGHUP', () => {
    hangups.heard();
  });
}
// A reader that has gone away (`gatehouse search … | head`) is no failure.
process.stdout.on('error', interrupt);

const [{ userInfo }, { readFileSync }, { z }, { runCli }, { connectorTypesOf }] = await Promise.all([
  import('node:os'),
  import('node:fs'),
  import('zod'),
  import('./cli/cli.ts'),
  import('./cli/connector-types.ts'),
]);
const [{ processTerminal }, { systemClock }, { describeError }] = await Promise.all([
  import('./cli/process-terminal.ts'),
  import('./core/clock.ts'),
  import('./telemetry/describe-error.ts'),
]);

// A surprise ends the process at once: what is on record is on record, and the next start goes on from there.
process.on('uncaughtException', (error) => {
  process.stderr.write(`gatehouse: ${describeError(error)}\n`);
  process.exit(1);
});

const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')));

// The house is loaded by the commands that need it: `config check` answers without waiting for the Matrix SDKs.
async function house(): Promise<Program> {
  const { programIn } = await import('./program.ts');
  const { pid, stdout: output, stderr: errors } = process;
  return programIn({ version, pid, output, errors, cwd: process.cwd() });
}
const program: Program = {
  createApp: async (...given) => (await house()).createApp(...given),
  openRecords: async (...given) => (await house()).openRecords(...given),
  callRunning: async (...given) => (await house()).callRunning(...given),
  restore: async (...given) => (await house()).restore(...given),
  runDemo: async (...given) => (await house()).runDemo(...given),
};

const terminal = processTerminal(process, interrupt);
try {
  process.exitCode = await runCli(process.argv.slice(2), {
    program,
    terminal,
    clock: systemClock,
    connectorTypes: await connectorTypesOf(),
    cwd: process.cwd(),
    env: process.env,
    user: userInfo().username,
    version,
    nodeVersion: process.versions.node,
    signal: stop.signal,
    onHangup: hangups.tell,
  });
} finally {
  terminal.close();
}
