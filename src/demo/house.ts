/**
 * A company on this machine: a real Synapse, a carrier and Gatehouse, each in a process of its own, set up with the
 * commands that an admin uses. The demo plays in it; tests kill parts of it.
 */
import { randomBytes } from 'node:crypto';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { Closing } from '../core/closing.ts';
import { CarrierSeen } from './carrier-seen.ts';
import { Child } from './child.ts';
import { Client } from './client.ts';
import { freePort } from './synapse/free-port.ts';
import type { Installation } from './synapse/install.ts';
import { startSynapse, type Synapse } from './synapse/start.ts';

export const DOMAIN = 'acme.example';
export const LINE_NUMBER = '+12025550100';
const SYSTEM_ID = 'acme';
const PASSWORD = 'only-in-the-demo';
/** SMPP 3.4 allows eight characters (5.2.2). */
const CARRIER_PASSWORD = 'demo-sms';
const PRESEND_SECRET = join('secrets', 'presend');

export interface HouseOptions {
  readonly installation: Installation;
  /** Everything lies below it; used again when it is there. */
  readonly dir: string;
  readonly staff?: readonly string[];
  readonly officers?: readonly string[];
  /** Limits on Synapse as a person's homeserver has them. */
  readonly rateLimits?: boolean;
  /** `postgres://` URLs of two empty databases, or those of an earlier run; SQLite in `dir` when left out. */
  readonly database?: { readonly url: string; readonly keysUrl: string };
  /** Synapse asks Gatehouse before a message exists; `failOpen` is what both do where the other one fails. */
  readonly presend?: { readonly failOpen: boolean; readonly shadow?: boolean };
  /** The rules and lexicons that come with Gatehouse are in force from the start. */
  readonly starterRules?: boolean;
  /** Changes the config before the first start. */
  readonly configure?: (config: Document) => void;
  /** Further variables of Gatehouse's environment, read at each start. */
  readonly gatehouseEnv?: Readonly<Record<string, string>>;
  /** Puts something between two processes: given the port of `to`, resolves with the port that the other one is told. */
  readonly between?: (to: Reached, port: number) => Promise<number>;
}

/** Who is reached: our two appservices by Synapse, Synapse by Gatehouse, the carrier by Gatehouse. */
export type Reached = 'bridge' | 'archive' | 'synapse' | 'carrier';

export interface House extends AsyncDisposable {
  readonly synapse: Synapse;
  readonly carrier: CarrierSeen;
  readonly gatehouse: Child;
  readonly config: string;
  readonly dir: string;
  readonly password: string;
  /** Whether Gatehouse says that it does its work. */
  readonly ready: () => Promise<boolean>;
  /** A person's own client; a `patient` one outlives a homeserver that goes away for a while. */
  login(name: string, patient?: boolean): Promise<Client>;
  /** Runs another `gatehouse` command to its end; resolves with what it printed. */
  command(...args: readonly string[]): Promise<string>;
}

interface Ports {
  readonly synapse: number;
  readonly bridge: number;
  readonly archive: number;
  readonly webhooks: number;
  readonly admin: number;
}

/** Resolves when everything runs and has found each other. */
export async function openHouse(options: HouseOptions): Promise<House> {
  await using undo = new Closing();
  const { dir } = options;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const ports: Ports = {
    ...{ synapse: await freePort(), bridge: await freePort(), archive: await freePort() },
    ...{ webhooks: await freePort(), admin: await freePort() },
  };
  const carrier = await startCarrier(dir);
  undo.defer(() => carrier.stop());
  const at = await told(options, { ...ports, carrier: carrier.port });
  const config = await init(options, ports, at);
  const synapse = undo.use(await startHomeserver(options, ports, at));
  await makeAccounts(options, synapse);
  await giveAdminToken(options, synapse, config);
  const ready = (): Promise<boolean> => answers(`http://127.0.0.1:${ports.admin}/readyz`);
  const gatehouse = new Child({
    args: ['run', '--config', config],
    cwd: dir,
    log: join(dir, 'gatehouse.log'),
    ...(options.gatehouseEnv === undefined ? {} : { env: options.gatehouseEnv }),
    ready,
  });
  await gatehouse.start();
  undo.defer(async () => {
    await gatehouse.stop();
  });
  const opened = undo.move();
  return {
    ...{ synapse, carrier, gatehouse, config, dir, password: PASSWORD, ready },
    login: (name, patient) => Client.login(synapse.url, name, PASSWORD, patient),
    command: (...args) => command(dir, [...args, '--config', config]),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}

async function startCarrier(dir: string): Promise<CarrierSeen> {
  const passwordFile = join(dir, 'carrier.password');
  await writeFile(passwordFile, CARRIER_PASSWORD, { mode: 0o600 });
  return CarrierSeen.start({
    port: await freePort(),
    ...{ systemId: SYSTEM_ID, passwordFile },
    ...{ log: join(dir, 'carrier.jsonl'), faults: join(dir, 'carrier.faults.json'), dir },
  });
}

type Told = Readonly<Record<Reached, number>>;

/** The ports that each process is told to reach the others at. */
async function told({ between }: HouseOptions, { bridge, archive, synapse, carrier }: Told): Promise<Told> {
  const direct = { bridge, archive, synapse, carrier };
  if (between === undefined) return direct;
  return {
    bridge: await between('bridge', bridge),
    archive: await between('archive', archive),
    synapse: await between('synapse', synapse),
    carrier: await between('carrier', carrier),
  };
}

/** As on an admin's first day; only the ports that `init` doesn't ask for are changed in the file afterwards. */
async function init(options: HouseOptions, ports: Ports, at: Told): Promise<string> {
  const { dir, staff = ['alice', 'bob'], officers = ['olivia', 'omar'] } = options;
  const config = join('config', 'gatehouse.yaml');
  await command(dir, [
    ...['init', '--force', '--config', config, '--domain', DOMAIN],
    ...['--homeserver-url', `http://127.0.0.1:${at.synapse}`],
    ...['--bridge-url', `http://127.0.0.1:${at.bridge}`],
    ...['--archive-url', `http://127.0.0.1:${at.archive}`],
    ...['--line-number', LINE_NUMBER, '--line-name', 'Sales'],
    ...['--smpp-host', '127.0.0.1', '--smpp-port', String(at.carrier), '--smpp-system-id', SYSTEM_ID],
    ...['--smpp-password-file', 'carrier.password'],
    ...['--staff', staff.join(','), '--officers', officers.join(','), '--timezone', 'America/New_York'],
  ]);
  const file = join(dir, config);
  const yaml = parseDocument(await readFile(file, 'utf8'));
  yaml.setIn(['listen', 'bridge'], `127.0.0.1:${ports.bridge}`);
  yaml.setIn(['listen', 'archive'], `127.0.0.1:${ports.archive}`);
  yaml.setIn(['listen', 'webhooks'], `127.0.0.1:${ports.webhooks}`);
  yaml.setIn(['listen', 'admin'], `127.0.0.1:${ports.admin}`);
  if (options.database !== undefined) yaml.setIn(['database'], options.database);
  if (options.presend !== undefined) await enablePresend(dir, options.presend, yaml);
  if (options.starterRules === true) await copyStarterRules(dir);
  options.configure?.(yaml);
  await writeFile(file, yaml.toString());
  return config;
}

/** To where the config looks for rules when it doesn't say. */
async function copyStarterRules(dir: string): Promise<void> {
  for (const folder of ['policy', 'lexicons']) {
    await cp(new URL(`../../config/${folder}`, import.meta.url), join(dir, 'config', folder), { recursive: true });
  }
}

/** A secret of its own, used again when it is there. */
async function enablePresend(dir: string, wanted: NonNullable<HouseOptions['presend']>, yaml: Document): Promise<void> {
  const file = join(dir, PRESEND_SECRET);
  const known = await readFile(file, 'utf8').catch(() => undefined);
  if (known === undefined) await writeFile(file, randomBytes(32).toString('hex'), { mode: 0o600 });
  yaml.setIn(['policy', 'presend'], { enabled: true, ...wanted, secret: { file: PRESEND_SECRET } });
}

function startHomeserver(options: HouseOptions, ports: Ports, at: Told): Promise<Synapse> {
  const { dir, installation, rateLimits = false, presend } = options;
  const asks = {
    url: `http://127.0.0.1:${at.archive}`,
    secretFile: resolve(dir, PRESEND_SECRET),
    failOpen: presend?.failOpen ?? true,
  };
  return startSynapse({
    ...(presend === undefined ? {} : { presend: asks }),
    ...{ installation, rateLimits, domain: DOMAIN, port: ports.synapse, dir: join(dir, 'synapse') },
    registrations: [join(dir, 'registration.yaml'), join(dir, 'registration.archive.yaml')],
  });
}

/** The accounts of an earlier run stay. */
async function makeAccounts(options: HouseOptions, synapse: Synapse): Promise<void> {
  const { staff = ['alice', 'bob'], officers = ['olivia', 'omar'] } = options;
  for (const name of new Set([...staff, ...officers])) {
    const free = await fetch(`${synapse.url}/_matrix/client/v3/register/available?username=${name}`);
    const known = z.object({ errcode: z.literal('M_USER_IN_USE') }).safeParse(await free.json()).success;
    if (!known) await synapse.registerUser(name, PASSWORD, false, name.charAt(0).toUpperCase() + name.slice(1));
  }
}

/** Gatehouse reads every room with it; made once, by an account of its own, as `init` advises. */
async function giveAdminToken({ dir }: HouseOptions, synapse: Synapse, config: string): Promise<void> {
  const secret = join('secrets', 'admin-token');
  const has = await readFile(join(dir, secret), 'utf8').catch(() => undefined);
  if (has === undefined) {
    const admin = await synapse.registerUser('gatehouse-admin', PASSWORD, true, 'Gatehouse admin');
    await writeFile(join(dir, secret), admin.accessToken, { mode: 0o600 });
  }
  const file = join(dir, config);
  const yaml = parseDocument(await readFile(file, 'utf8'));
  yaml.setIn(['homeserver', 'adminToken'], { file: secret });
  await writeFile(file, yaml.toString());
}

async function command(dir: string, args: readonly string[]): Promise<string> {
  return new Child({ args, cwd: dir, log: join(dir, 'commands.log') }).finish();
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}
