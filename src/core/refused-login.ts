/** What it is called that a network refuses our login: an account that was unlinked, or a token that has ended, is no password. */
import type { NetworkId } from './ids.ts';

/** Those where a name and a password, or a shared secret, open the way. */
const WITH_PASSWORD: ReadonlySet<string> = new Set(['sms', 'xmpp']);

/** Behind the network's name, or that of a connector to it. */
export function refusedLogin(network: NetworkId | undefined): string {
  return hasPassword(network) ? 'rejected our password' : 'does not let our account in';
}

/** @param time as it is written for people: `10:15` */
export function refusedLoginAt(network: NetworkId, time: string): string {
  return hasPassword(network) ? `rejected our password at ${time}` : `does not let our account in (${time})`;
}

function hasPassword(network: NetworkId | undefined): boolean {
  return network !== undefined && WITH_PASSWORD.has(network);
}
