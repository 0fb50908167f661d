/** Listeners: an address of their own each, and the one without a password on this machine only. */
import type { ConfigProblem } from '../problem.ts';
import type { ParsedConfig } from '../schema.ts';
import type { ListenAddress } from '../values/listen-address.ts';

const EVERY_ADDRESS = ['0.0.0.0', '::'];

export function checkListeners(config: ParsedConfig): readonly ConfigProblem[] {
  return [...overlaps(config.listen), ...adminOutside(config.listen.admin), ...sameWayIn(config.homeserver.reachUsAt)];
}

function overlaps(listen: ParsedConfig['listen']): readonly ConfigProblem[] {
  const all = Object.entries(listen);
  return all.flatMap(([name, address], i): ConfigProblem[] => {
    const other = all.slice(0, i).find(([, earlier]) => overlap(earlier, address));
    if (other === undefined) return [];
    return [{ path: `listen.${name}`, message: `is taken by listen.${other[0]}`, fix: 'give it another port' }];
  });
}

function overlap(a: ListenAddress, b: ListenAddress): boolean {
  if (a.port === 0 || a.port !== b.port) return false;
  return a.host === b.host || EVERY_ADDRESS.includes(a.host) || EVERY_ADDRESS.includes(b.host);
}

function adminOutside(admin: ListenAddress): readonly ConfigProblem[] {
  if (/^(127\.|::1$|localhost$)/u.test(admin.host)) return [];
  const message = 'health and metrics are answered without a password, so only this machine may reach them';
  return [{ path: 'listen.admin', message, fix: `write 127.0.0.1:${String(admin.port)}` }];
}

function sameWayIn(reachUsAt: ParsedConfig['homeserver']['reachUsAt']): readonly ConfigProblem[] {
  if (reachUsAt.bridge !== reachUsAt.archive) return [];
  const message = 'is the same as reachUsAt.bridge, and the two are different listeners';
  return [{ path: 'homeserver.reachUsAt.archive', message, fix: 'write the address of listen.archive' }];
}
