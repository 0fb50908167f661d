/** Addresses of contacts, as people and user ids write them. */
import { must, parseAddress, parseNetworkId, parseUserId, type Address, type NetworkId, type UserId } from './ids.ts';

const E164 = /^\+[1-9]\d{4,14}$/u;

/** Whether `address` is a phone number in E.164 with its `+`. */
export function isPhone(address: Address): boolean {
  return E164.test(address);
}

/**
 * The localpart of a contact's ghost (DESIGN 9): E.164 without its `+`; any other address with a leading `-`
 * and every byte outside `a-z0-9` as `=hex`. Two addresses never share one.
 */
export function ghostLocalpart(network: NetworkId, address: Address): string {
  return `_gh_${network}_${isPhone(address) ? address.slice(1) : escaped(address)}`;
}

function escaped(address: string): string {
  const bytes = Buffer.from(address, 'utf8');
  const out = Array.from(bytes, (byte) => {
    const char = String.fromCharCode(byte);
    return /[a-z0-9]/u.test(char) ? char : `=${byte.toString(16).padStart(2, '0')}`;
  });
  return `-${out.join('')}`;
}

export function ghostUserId(network: NetworkId, address: Address, domain: string): UserId {
  return must(parseUserId(`@${ghostLocalpart(network, address)}:${domain}`));
}

/** Whose ghost a user id is; undefined for one that `ghostLocalpart` never made. */
export function readGhost(user: string): { readonly network: NetworkId; readonly address: Address } | undefined {
  const [, given = '', rest = ''] = /^@_gh_([a-z][a-z0-9]*)_([^:]+):/u.exec(user) ?? [];
  const network = parseNetworkId(given);
  const address = parseAddress(rest.startsWith('-') ? unescaped(rest.slice(1)) : `+${rest}`);
  if (!network.ok || !address.ok) return undefined;
  const known = { network: network.value, address: address.value };
  return ghostLocalpart(known.network, known.address) === `_gh_${given}_${rest}` ? known : undefined;
}

function unescaped(text: string): string {
  const bytes = text.replace(/=([0-9a-f]{2})/gu, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Whether `user` lies in the ghosts' namespace of `domain`. */
export function isGhost(user: string, domain: string): boolean {
  return user.startsWith('@_gh_') && user.endsWith(`:${domain}`);
}

/** Networks on which people are known by their phone number. */
const BY_PHONE: ReadonlySet<string> = new Set(['sms', 'whatsapp', 'signal']);

export function isByPhone(network: NetworkId): boolean {
  return BY_PHONE.has(network);
}

const NAMES: Readonly<Record<string, string>> = {
  sms: 'SMS',
  whatsapp: 'WhatsApp',
  telegram: 'Telegram',
  signal: 'Signal',
  xmpp: 'XMPP',
  // Of the examples for the connector type `http`, and of what docs/networks.md says to reach by it.
  line: 'LINE',
  messenger: 'Messenger',
  instagram: 'Instagram',
  viber: 'Viber',
};

/** Of the networks that we know by name. */
export const networkNames: readonly string[] = Object.values(NAMES);

/** A network's name as people write it: SMS, WhatsApp. */
export function networkName(network: NetworkId): string {
  return NAMES[network] ?? network;
}

/** `Ann Lee (SMS)` or `+1 202 555 0199 (SMS)`: the number is grouped by `formatPhone`, which the caller brings. */
export function ghostName(
  given: { name?: string | undefined; address: Address; network: NetworkId },
  formatPhone: (e164: string) => string,
): string {
  const who = given.name ?? (isPhone(given.address) ? formatPhone(given.address) : given.address);
  return `${who} (${networkName(given.network)})`;
}
