/** Prosody (Debian's package): a real XMPP server in a folder of its own, on ports of its own, as whoever runs the tests. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock, wait } from '../../../src/core/clock.ts';
import { freePort } from '../../../src/demo/synapse/free-port.ts';
import { missingPackage, works } from '../debian-package.ts';

export const prosodyDomain = 'chat.example';
export const componentDomain = 'sms.example';
export const roomsDomain = 'rooms.chat.example';
export const uploadDomain = 'upload.chat.example';
export const componentSecret = 'component-secret-08';
/** Of every account. */
export const accountPassword = 'pencil';

const moderation = '/usr/lib/prosody/modules/mod_muc_moderation/mod_muc_moderation.lua';

export interface Prosody extends AsyncDisposable {
  readonly c2sPort: number;
  readonly componentPort: number;
  readonly httpPort: number;
  log(): string;
  /** Makes one; its password is `accountPassword`. */
  account(name: string): void;
  /** As a crash would. */
  kill(): Promise<void>;
  /** The same server again, on the same ports. */
  restart(): Promise<void>;
}

/** @returns why it is not there, or undefined when it is. */
export function missingProsody(): string | undefined {
  const server = missingPackage('prosody', () => works('sh', ['-c', 'command -v prosody']));
  // Holds mod_muc_moderation (XEP-0425).
  return server ?? missingPackage('prosody-modules', () => existsSync(moderation));
}

/** @throws Error that says what to install where there is no Prosody and none can be had. */
export async function startProsody(): Promise<Prosody> {
  const missing = missingProsody();
  if (missing !== undefined) throw new Error(`these tests need the XMPP server Prosody, and ${missing}`);
  const folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-prosody-'));
  const [c2sPort, componentPort, httpPort] = [await freePort(), await freePort(), await freePort()];
  const ports = { c2sPort, componentPort, httpPort };
  const config = path.join(folder, 'prosody.cfg.lua');
  writeFileSync(config, configOf(folder, ports));
  let child = await run(config, [c2sPort, componentPort, httpPort]);
  return {
    ...ports,
    log: () => readFileSync(path.join(folder, 'prosody.log'), 'utf8'),
    account: (name) => {
      writeAccount(path.join(folder, 'data'), name);
    },
    kill: () => ended(child, 'SIGKILL'),
    restart: async () => {
      await ended(child, 'SIGKILL');
      child = await run(config, [c2sPort, componentPort, httpPort]);
    },
    async [Symbol.asyncDispose]() {
      await ended(child, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Ports = Pick<Prosody, 'c2sPort' | 'componentPort' | 'httpPort'>;

function configOf(folder: string, { c2sPort, componentPort, httpPort }: Ports): string {
  return `
run_as_root = true
pidfile = ${JSON.stringify(path.join(folder, 'prosody.pid'))}
data_path = ${JSON.stringify(path.join(folder, 'data'))}
log = { info = ${JSON.stringify(path.join(folder, 'prosody.log'))} }
interfaces = { "127.0.0.1" }
component_interfaces = { "127.0.0.1" }
modules_enabled = { "disco", "roster", "saslauth", "ping", "mam", "carbons", "blocklist", "smacks", "posix" }
modules_disabled = { "s2s", "s2s_auth_certs" }
authentication = "internal_plain"
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
c2s_ports = { ${String(c2sPort)} }
c2s_direct_tls_ports = {}
component_ports = { ${String(componentPort)} }
http_ports = { ${String(httpPort)} }
https_ports = {}
http_interfaces = { "127.0.0.1" }
http_external_url = "http://127.0.0.1:${String(httpPort)}/"
VirtualHost "${prosodyDomain}"
Component "${componentDomain}"
  component_secret = "${componentSecret}"
Component "${roomsDomain}" "muc"
  modules_enabled = { "muc_mam", "muc_moderation" }
  muc_room_locking = false
  muc_room_default_public_jids = true
  muc_room_default_persistent = true
  muc_room_default_change_subject = true
Component "${uploadDomain}" "http_file_share"
  http_file_share_size_limit = 1048576
  http_host = "127.0.0.1"
`;
}

function writeAccount(data: string, name: string): void {
  const folder = path.join(data, prosodyDomain.replaceAll('.', '%2e'), 'accounts');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${name}.dat`), `return { ["password"] = "${accountPassword}"; };\n`);
}

async function run(config: string, ports: readonly number[]): Promise<ChildProcess> {
  const child = spawn('prosody', ['--config', config, '-F'], { stdio: 'ignore' });
  // It must not outlive a test run that broke off.
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', kill);
  child.once('exit', () => {
    process.removeListener('exit', kill);
  });
  const deadline = systemClock.monotonic() + 60_000;
  while (!(await Promise.all(ports.map(answers))).every(Boolean)) {
    if (child.exitCode !== null || systemClock.monotonic() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`Prosody did not start (${String(child.exitCode)}): run prosody --config ${config} -F`);
    }
    await wait(systemClock, 50);
  }
  return child;
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    child.once('exit', () => {
      resolve();
    });
    child.kill(signal);
  });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
