/** The policy: the rules in force, the threads that judge by them, and everybody who asks. */
import { hkdfSync } from 'node:crypto';
import type { Config } from '../config/config.ts';
import type { Warnings } from '../bridge/bridge-deps.ts';
import { leftOut } from '../bridge/messages/left-out.ts';
import { isOurUser } from '../bridge/people/our-users.ts';
import { hasOutsiders } from '../bridge/portals/room-member-store.ts';
import type { RoomId } from '../core/ids.ts';
import type { Gatekeeper } from '../core/ports/gatekeeper.ts';
import type { HealthReport } from '../core/ports/health.ts';
import type { TrustedTime } from '../core/ports/trusted-time.ts';
import type { Captured } from '../matrix/recording.ts';
import type { Service } from '../matrix/ping.ts';
import { ANTISPAM_PATH, antispamHandler } from '../http/antispam.ts';
import { createGatekeeper, type GatekeeperDeps } from '../policy/judging/gatekeeper.ts';
import type { DeskBacktests } from '../policy/backtest/desk-backtests.ts';
import { leftOutTasks } from '../policy/judging/left-out.ts';
import { ScannerAsked } from '../policy/judging/scanner-asked.ts';
import { screenTasks } from '../policy/judging/screen.ts';
import { barriersOf, type Barriers } from '../policy/presend/barriers.ts';
import type { Standing } from '../policy/presend/objecting.ts';
import { createPresend } from '../policy/presend/presend.ts';
import { expireTask } from '../policy/quarantine/expire.ts';
import { namesOf } from '../policy/rules/known-names.ts';
import { filesOnDisk } from '../policy/rules/rule-files.ts';
import { RulesInForce } from '../policy/rules/rules-in-force.ts';
import { ScannerClient } from '../policy/thread/scanner-client.ts';
import { EXPIRE } from '../policy/verdicts/projections.ts';
import { newestVerdict } from '../policy/verdicts/verdict-store.ts';
import type { TaskHandlers } from '../tasks/task.ts';
import { filePolicyHandlers, filesGoingOutOf, fileTextOf } from './policy-files.ts';
import { PresendDoor } from './policy-presend.ts';
import { placeIn, Supervising } from './policy-supervised.ts';
import { backtestHandlers, deskBacktests } from './policy-backtest.ts';
import { policyFigures } from './policy-figures.ts';
import { PolicyGroups } from './policy-groups.ts';
import type { AppSetting } from './setting.ts';

/** A desk that names this act wants two officers for a change of rules. */
const RULE_CHANGE = 'rule-change';
const KEY_BYTES = 32;

export class Policy implements AsyncDisposable {
  readonly rules: RulesInForce;
  readonly gatekeeper: Gatekeeper;
  readonly backtests: DeskBacktests;
  readonly groups: PolicyGroups;
  /** Absent where Synapse doesn't ask. */
  readonly presend: PresendDoor | undefined;
  readonly supervising: Supervising;
  readonly fileText: ReturnType<typeof fileTextOf>;
  readonly #setting: AppSetting;
  readonly #scanning: ScannerClient;
  readonly #barriers: Barriers;
  readonly #stopping = new AbortController();
  readonly #judging: GatekeeperDeps;

  constructor(setting: AppSetting, warnings: Warnings) {
    const { config, journal, clock, log, metrics, scannerUrl: url } = setting;
    this.#setting = setting;
    const scanning = new ScannerClient({ url, key: valueKey(journal.keys.token), clock, log, metrics });
    this.#scanning = scanning;
    this.fileText = fileTextOf(setting, scanning);
    this.groups = new PolicyGroups(config.groups, warnings, clock);
    this.#barriers = barriersOf(config.policy.barriers, (group) => this.groups.members(group));
    const { rules: rulesAt, lexicons } = config.policy;
    this.rules = new RulesInForce({
      ...{ journal, scanning, clock, log, warnings, rulesAt, country: config.lines[0]?.country },
      files: () => filesOnDisk({ rules: rulesAt, lexicons }, config.cwd),
      known: namesOf(config),
      trial: () => scanning.trial(),
      fourEyes: config.desks.some(({ fourEyes }) => fourEyes.includes(RULE_CHANGE)),
    });
    this.#judging = {
      ...{ journal, clock, newestVerdict, rules: this.rules, lines: config.lines },
      scanner: new ScannerAsked(scanning, clock),
      filesGoingOut: filesGoingOutOf(setting, scanning),
      groupsOf: (sender) => this.groups.of(sender),
      tagsOf: tagsIn(config.policy.tags),
      expiresMs: config.policy.quarantine.expires,
    };
    this.gatekeeper = createGatekeeper(this.#judging);
    this.backtests = deskBacktests(setting, this);
    this.presend = config.policy.presend.enabled ? new PresendDoor(setting, warnings) : undefined;
    this.supervising = new Supervising(setting, this.#barriers);
  }

  /** Before anything crosses: until then nothing is judged. */
  async start(): Promise<void> {
    await this.rules.start();
  }

  /** Returns at once: what comes of it is on record, and told to the desks. */
  reloadRules(): void {
    this.rules.reload().catch((error: unknown) => {
      this.#setting.log.error('policy.rules-not-reloaded', {}, error);
    });
  }

  handlers(time: TrustedTime): TaskHandlers {
    const { journal, clock } = this.#setting;
    const { views } = journal;
    const joined = {
      rules: this.rules,
      trial: () => this.#scanning.trial(),
      context: this.#judging,
      stopping: this.#stopping.signal,
    };
    return new Map([
      ...screenTasks(this.#judging),
      ...leftOutTasks({ ...this.#judging, leftOut }),
      ...filePolicyHandlers(this.#setting, this.#judging, this.#scanning),
      ...backtestHandlers(this.#setting, joined),
      [EXPIRE, { run: expireTask({ views, clock, time }), patient: true }],
    ]);
  }

  /** What health says of it. */
  async status(): Promise<Pick<HealthReport, 'policy' | 'presend' | 'unreadable' | 'crossed'>> {
    const known = { ...(await policyFigures(this.#setting, this.rules)), ...(await this.supervising.status()) };
    return this.presend === undefined ? known : { ...known, presend: this.presend.status() };
  }

  captured(service: Service, events: readonly Captured[]): void {
    this.presend?.captured(service, events);
    this.supervising.captured(service, events);
  }

  /** What Synapse asks before an event exists; undefined where the config doesn't want to be asked. */
  antispam(): { readonly path: string; readonly handler: ReturnType<typeof antispamHandler> } | undefined {
    const { config, journal, clock, log, metrics } = this.#setting;
    const { enabled, secret, failOpen, shadow } = config.policy.presend;
    const hearing = this.presend?.watch;
    if (!enabled || secret === undefined || hearing === undefined) return undefined;
    const { domain } = config.homeserver;
    const presend = createPresend({
      ...{ failOpen, shadow, journal, domain, clock, log, metrics, rules: this.rules, scanning: this.#scanning },
      ...{ context: this.#judging, class: config.defaultClass, barriers: this.#barriers },
      watch: hearing,
      standingOf: (room) => this.#standingOf(room),
      membersOf: (room) => this.supervising.membersOf(room),
      isOurs: (user) => isOurUser(user, domain),
    });
    return {
      path: ANTISPAM_PATH,
      handler: antispamHandler({ secret: secret.reveal(), presend, hearing, log, metrics }),
    };
  }

  /** What takes long ends soon, and goes on after the next start. */
  stopJobs(): void {
    this.#stopping.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.supervising[Symbol.asyncDispose]();
    await this.#scanning[Symbol.asyncDispose]();
  }

  #standingOf(room: RoomId): Promise<Standing> {
    const { views } = this.#setting.journal;
    return views.read(async (reading) => {
      const ours = (await placeIn(reading, views.sealer, room)) !== undefined;
      return { ours, outsiders: await hasOutsiders(reading, room) };
    });
  }
}

/** Of the HMAC that stands for a found value in a verdict: another key than the index's tokens have. */
function valueKey(token: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', token, '', 'gatehouse policy value', KEY_BYTES));
}

/** By room, what the config calls it. */
function tagsIn(config: Config['policy']['tags']): (room: RoomId) => readonly string[] {
  const tags = new Map<RoomId, readonly string[]>();
  for (const [tag, rooms] of Object.entries(config)) {
    for (const room of rooms) tags.set(room, [...(tags.get(room) ?? []), tag]);
  }
  return (room) => tags.get(room) ?? [];
}
