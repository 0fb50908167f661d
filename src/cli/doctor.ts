/** `gatehouse doctor`: looks at everything a working installation needs, and says what to do about what is wrong. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { inactiveSettings, type Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { withConfig, withJson, type CommandDeps, type Register } from './command.ts';
import { checkBackups } from './doctor/backups.ts';
import { checkConnectors } from './doctor/connectors.ts';
import { broken, fine, findingText, warning, type Finding } from './doctor/finding.ts';
import { checkHomeserver, isSilence } from './doctor/homeserver.ts';
import { homeserverSilent } from '../core/ports/health.ts';
import { homeserverProbe } from './doctor/homeserver-probe.ts';
import { checkOwnRetention } from './doctor/own-retention.ts';
import { checkPresendModule, trialIn, type Trial } from './doctor/presend.ts';
import { checkDataDir, checkMasterKey, checkNode } from './doctor/machine.ts';
import { checkNetworks } from './doctor/networks.ts';
import { checkScanner } from './doctor/scanner.ts';
import { DONE, FAILED, WRONG_USAGE, type ExitCode } from './exit-code.ts';

interface DoctorOptions {
  readonly config: string;
  readonly json: boolean;
}

export const register: Register = (program, deps) => {
  withJson(
    withConfig(program.command('doctor').description('check everything that a working installation needs')),
  ).action(async (options: DoctorOptions) => {
    deps.end(await doctor(options, deps));
  });
};

/** With `--json` a line for each finding: {id, ok, level, message, fix}. */
async function doctor(options: DoctorOptions, deps: CommandDeps): Promise<ExitCode> {
  const { cwd, env, connectorTypes, terminal } = deps;
  const tell = (findings: readonly Finding[]): void => {
    for (const finding of findings) terminal.out(options.json ? JSON.stringify(finding) : findingText(finding));
  };
  const config = await loadConfig(options.config, { cwd, env, connectorTypes });
  if (!config.ok) {
    tell(
      config.error.map(({ path, message, fix }) =>
        broken('config', path === '' ? message : `${path}: ${message}`, fix),
      ),
    );
    return WRONG_USAGE;
  }
  const findings: Finding[] = [];
  const found = (more: readonly Finding[]): void => {
    tell(more);
    findings.push(...more);
  };
  found([fine('config', options.config), checkMasterKey(config.value), checkNode(deps.nodeVersion)]);
  found([...checkDataDir(config.value, cwd), ...checkBackups(config.value, deps.clock.now())]);
  const running = await runningHealth(config.value, deps);
  const probe = homeserverProbe(config.value.homeserver.url);
  const now = (): number => deps.clock.now();
  const homeserver = await checkHomeserver({ config: config.value, probe, now, running: running !== undefined });
  found(checkRunning(running, homeserver.some(isSilence) ? [homeserverSilent] : []));
  found(checkPresendModule(config.value, running === undefined ? undefined : await triedPresend(config.value, deps)));
  if (running === undefined) found(await checkDatabase(config.value, deps));
  found(homeserver);
  found(await checkOwnRetention(config.value, probe));
  found(await checkConnectors(config.value, deps.clock, (id) => running?.connectors[id]));
  found(await checkNetworks(config.value, running !== undefined));
  found(await checkScanner(config.value, deps.clock));
  found(checkLater(config.value));
  return findings.some((finding) => finding.level === 'error') ? FAILED : DONE;
}

const connectorState = z.enum([
  'starting',
  'connecting',
  'connected',
  'degraded',
  'bad-credentials',
  'logged-out',
  'stopped',
  'failed',
]);
const healthShape = z.object({
  ok: z.boolean(),
  connectors: z.record(z.string(), connectorState),
  warnings: z.array(z.string()),
  stale: z.array(z.string()),
});
type Health = z.output<typeof healthShape>;

/** What the running process says of itself; undefined when none runs. */
async function runningHealth(config: Config, deps: CommandDeps): Promise<Health | undefined> {
  let health: Health | undefined;
  await deps.program.callRunning(config, 'health', {
    args: { user: deps.user },
    say: (said) => {
      const read = healthShape.safeParse('line' in said ? said.line : undefined);
      if (read.success) health = read.data;
    },
    signal: deps.signal,
  });
  return health;
}

/** Undefined where it could not be tried. */
async function triedPresend(config: Config, deps: CommandDeps): Promise<Trial | undefined> {
  if (!config.policy.presend.enabled) return undefined;
  let trial: Trial | undefined;
  await deps.program.callRunning(config, 'presend.try', {
    args: { user: deps.user },
    say: (said) => {
      trial ??= 'line' in said ? trialIn(said.line) : undefined;
    },
    signal: deps.signal,
  });
  return trial;
}

/** @param found what doctor found out by itself, and says better */
function checkRunning(health: Health | undefined, found: readonly string[]): readonly Finding[] {
  if (health === undefined) return [warning('running', 'Gatehouse is not running', 'start it with: gatehouse run')];
  const stale = health.stale.map((name) =>
    broken(
      'database',
      `table ${name} could not follow the record; nothing that needs it goes out`,
      'run: gatehouse rebuild',
    ),
  );
  const told = health.warnings.filter((words) => !found.includes(words)).map((words) => warning('health', words));
  return [
    health.ok ? fine('running', 'Gatehouse is running') : warning('running', 'Gatehouse is running, not well'),
    ...stale,
    ...told,
  ];
}

/** Opens what is there, and closes it: a newer version's database and another master key are told of here. */
async function checkDatabase(config: Config, deps: CommandDeps): Promise<readonly Finding[]> {
  if (config.database === undefined && !existsSync(join(config.data.dir, 'gatehouse.db'))) return [];
  const records = await deps.program.openRecords(config);
  if (!records.ok) return [broken('database', records.error, 'nothing was changed; see the message')];
  await records.value[Symbol.asyncDispose]();
  return [fine('database', 'database opens with this master key')];
}

/** What works and should be known. */
function checkLater(config: Config): readonly Finding[] {
  const inactive = inactiveSettings(config);
  return [
    ...(config.desks.length > 0
      ? []
      : [warning('desks', 'no compliance desk: nobody can search the record from Element', 'add one under desks')]),
    ...(config.anchors.length > 0
      ? []
      : [
          warning(
            'anchors',
            'no anchor outside this machine: keep checkpoints (data/log/checkpoint) elsewhere to prove the record to outsiders',
          ),
        ]),
    ...(inactive.length > 0 ? [warning('inactive', `not active in this version: ${inactive.join(', ')}`)] : []),
  ];
}
