/** Starts a Synapse of its own on the loopback interface: the real server, for the demo and for the tests. */
import { randomBytes } from 'node:crypto';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { homeserverYaml, logYaml, type PresendModule } from './config.ts';
import { freePort } from './free-port.ts';
import type { Installation } from './install.ts';
import { registerUser, type Account } from './register-user.ts';
import { SynapseProcess } from './synapse-process.ts';

export interface SynapseOptions {
  readonly installation: Installation;
  /** Config, database, media and log of this one; made when missing, used again when there. */
  readonly dir: string;
  readonly domain: string;
  /** A free port when not given. */
  readonly port?: number;
  /** Paths of registration files. */
  readonly registrations?: readonly string[];
  /** Limits as a person's homeserver has them; off unless asked for. */
  readonly rateLimits?: boolean;
  /** Gatehouse is asked before a message exists. */
  readonly presend?: PresendModule;
}

export interface Synapse extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly domain: string;
  readonly pid: number | undefined;
  readonly configFile: string;
  /** Makes an account and signs it in. `name` is the localpart. */
  registerUser(name: string, password: string, admin?: boolean, displayName?: string): Promise<Account>;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** Ends it by `signal` and waits until it is gone: SIGKILL is a crash. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same data and port, ending it first where it runs. */
  restart(): Promise<void>;
}

/** Resolves when it answers. @throws Error with Synapse's own words when it doesn't start. */
export async function startSynapse(options: SynapseOptions): Promise<Synapse> {
  const dir = path.resolve(options.dir);
  await mkdir(dir, { recursive: true });
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${String(port)}`;
  const secret = await keptFile(path.join(dir, 'registration.secret'), () => randomBytes(24).toString('hex'));
  const configFile = path.join(dir, 'homeserver.yaml');
  const registrations = (options.registrations ?? []).map((file) => path.resolve(file));
  const { domain, rateLimits = false, presend } = options;
  const asked = presend === undefined ? {} : { presend };
  await writeFile(
    configFile,
    homeserverYaml({ dir, port, domain, registrations, rateLimits, registrationSecret: secret, ...asked }),
    { mode: 0o600 },
  );
  await writeFile(path.join(dir, 'log.yaml'), logYaml(dir));
  await keptFile(path.join(dir, 'signing.key'), signingKey);
  const child = new SynapseProcess({ python: options.installation.python, config: configFile, dir, url });
  await child.start();
  return synapseOf(child, { url, domain, configFile, secret });
}

function synapseOf(
  child: SynapseProcess,
  known: { url: string; domain: string; configFile: string; secret: string },
): Synapse {
  return {
    url: known.url,
    domain: known.domain,
    configFile: known.configFile,
    get pid() {
      return child.pid;
    },
    registerUser: (name, password, admin = false, displayName = name) =>
      registerUser(known, { name, password, admin, displayName }),
    stop: () => child.stop('SIGTERM'),
    kill: (signal) => child.stop(signal),
    restart: async () => {
      await child.stop('SIGTERM');
      await child.start();
    },
    [Symbol.asyncDispose]: () => child.stop('SIGTERM'),
  };
}

/** What `file` holds; `make` says what it shall hold when it isn't there yet. */
async function keptFile(file: string, make: () => string): Promise<string> {
  if (!(await exists(file))) await writeFile(file, make(), { mode: 0o600 });
  return await readFile(file, 'utf8');
}

/** A signing key as Synapse writes it: algorithm, version, seed. Making it here saves a start of Python. */
function signingKey(): string {
  const seed = randomBytes(32).toString('base64').replaceAll('=', '');
  return `ed25519 a_${randomBytes(2).toString('hex')} ${seed}\n`;
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}
