/** What doctor asks of Synapse: is it there, does it know us, does it reach us, is its clock ours. */
import { z } from 'zod';
import type { Config } from '../../config/config.ts';
import { ARCHIVE_ID, BRIDGE_ID } from '../../matrix/registrations.ts';
import { ARCHIVE_FILE, BRIDGE_FILE } from '../registration-files.ts';
import { broken, fine, warning, type Finding } from './finding.ts';
import type { Probe, ProbeAnswer } from './homeserver-probe.ts';
import { checkLookups } from './lookups.ts';

const WARN_SKEW_MS = 2_000;
const BAD_SKEW_MS = 60_000;

const whoShape = z.object({ user_id: z.string() });
const versionShape = z.object({ server_version: z.string() });
const pingShape = z.object({ duration_ms: z.number() });

export interface Asking {
  readonly config: Config;
  readonly probe: Probe;
  /** Our clock, in milliseconds. */
  readonly now: () => number;
  /** Whether Gatehouse runs, so that Synapse can reach it. */
  readonly running: boolean;
}

const unreached = "can't be reached";

/** Nobody answers at `homeserver.url`. */
export function isSilence({ id, message }: Finding): boolean {
  return id === 'homeserver' && message.endsWith(unreached);
}

export async function checkHomeserver(asking: Asking): Promise<readonly Finding[]> {
  const { url } = asking.config.homeserver;
  const versions = await asking.probe({ path: '/_matrix/client/versions' });
  const now = asking.now();
  if (versions === undefined) {
    return [broken('homeserver', `homeserver ${url} ${unreached}`, 'start Synapse, or correct homeserver.url')];
  }
  if (versions.status !== 200) {
    const message = `${url} answers, but not as a homeserver (HTTP ${String(versions.status)})`;
    return [broken('homeserver', message, 'correct homeserver.url')];
  }
  const found = await Promise.all([
    checkService(asking, 'bridge'),
    checkService(asking, 'archive'),
    checkAdmin(asking),
  ]);
  return [...found.flat(), ...clockSkew(versions, now)];
}

const services = {
  bridge: { id: BRIDGE_ID, file: BRIDGE_FILE },
  archive: { id: ARCHIVE_ID, file: ARCHIVE_FILE },
} as const;

async function checkService(asking: Asking, name: 'bridge' | 'archive'): Promise<readonly Finding[]> {
  const { domain, tokens } = asking.config.homeserver;
  const id = `${name}-appservice`;
  const token = tokens[name].as.reveal();
  const who = await asking.probe({ path: '/_matrix/client/v3/account/whoami', token });
  const user = whoShape.safeParse(who?.body);
  if (who?.status !== 200 || !user.success) {
    const fix = `add ${services[name].file} to app_service_config_files and restart Synapse`;
    return [broken(id, `${name} appservice: Synapse does not know its token`, fix)];
  }
  if (!user.data.user_id.endsWith(`:${domain}`)) {
    const theirs = user.data.user_id.slice(user.data.user_id.indexOf(':') + 1);
    return [broken(id, `${name} appservice: Synapse calls itself ${theirs}`, `set homeserver.domain to ${theirs}`)];
  }
  const known = fine(id, `${name} appservice: Synapse knows its token`);
  const push = await checkPush(asking, name);
  const lookups = name === 'bridge' && push.ok ? await checkLookups(asking.config, asking.probe) : [];
  return [known, push, ...lookups];
}

/** Only a running Gatehouse can be reached. */
async function checkPush(asking: Asking, name: 'bridge' | 'archive'): Promise<Finding> {
  const id = `${name}-push`;
  if (!asking.running) return warning(id, `${name} pushes: not checked, Gatehouse is not running`);
  const answer = await asking.probe({
    path: `/_matrix/client/v1/appservice/${services[name].id}/ping`,
    token: asking.config.homeserver.tokens[name].as.reveal(),
    post: {},
  });
  const ping = pingShape.safeParse(answer?.body);
  if (answer?.status === 200 && ping.success) {
    return fine(id, `${name} pushes: Synapse reaches us in ${String(ping.data.duration_ms)} ms`);
  }
  return broken(id, `${name} pushes: ${pushProblem(answer)}`, pushFix(asking.config, name));
}

/** Error codes of the appservice ping, Application Service API 1.7. */
function pushProblem(answer: ProbeAnswer | undefined): string {
  switch (answer?.errcode) {
    case 'M_CONNECTION_FAILED':
    case 'M_CONNECTION_TIMEOUT':
      return "Synapse can't reach us";
    case 'M_BAD_STATUS':
      return 'Synapse reaches something that refuses it: its registration is not ours';
    case 'M_URL_NOT_SET':
      return 'the registration that Synapse has names no address';
    default:
      return 'Synapse did not answer our ping';
  }
}

function pushFix(config: Config, name: 'bridge' | 'archive'): string {
  const url = config.homeserver.reachUsAt[name];
  return `check that ${url} leads from Synapse to listen.${name}; after a change run gatehouse register and restart Synapse`;
}

async function checkAdmin(asking: Asking): Promise<readonly Finding[]> {
  const { adminToken, url } = asking.config.homeserver;
  const there = (version?: string): Finding =>
    fine('homeserver', `homeserver ${url}${version === undefined ? '' : `  Synapse ${version}`}`);
  if (adminToken === undefined) {
    const off = 'no admin token: what Synapse fails to deliver is not fetched afterwards';
    return [there(), warning('admin-token', off, 'gatehouse init says how to get one; add homeserver.adminToken')];
  }
  const token = adminToken.reveal();
  const answer = await asking.probe({ path: '/_synapse/admin/v1/server_version', token });
  const version = versionShape.safeParse(answer?.body);
  // Newer versions tell everybody their version; who an admin is, a list of rooms shows.
  const rooms = await asking.probe({ path: '/_synapse/admin/v1/rooms?limit=1', token });
  const home = there(version.success ? version.data.server_version : undefined);
  if (rooms?.status === 200) return [home, fine('admin-token', 'admin token')];
  return [
    home,
    broken('admin-token', adminProblem(rooms), 'make a new one for a server admin, as gatehouse init says'),
  ];
}

function adminProblem(answer: ProbeAnswer | undefined): string {
  switch (answer?.status) {
    case 401:
      return 'admin token: Synapse does not know it';
    case 403:
      return 'admin token: its user is no server admin';
    case 404:
      return 'admin token: /_synapse/admin is not served at homeserver.url';
    default:
      return 'admin token: Synapse did not say whether it is good';
  }
}

/** Date has whole seconds, so a second of difference says nothing. */
function clockSkew(answer: ProbeAnswer, now: number): readonly Finding[] {
  if (answer.date === undefined) return [];
  const skew = answer.date - now;
  const size = Math.abs(skew);
  if (size < WARN_SKEW_MS) return [fine('clock', 'clock agrees with the homeserver')];
  const message = `homeserver clock ${String(Math.round(size / 1000))} s ${skew > 0 ? 'ahead' : 'behind'}`;
  const fix = 'set both clocks by NTP';
  return [size < BAD_SKEW_MS ? warning('clock', message, fix) : broken('clock', message, fix)];
}
