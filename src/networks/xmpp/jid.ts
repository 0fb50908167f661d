/**
 * JIDs (RFC 7622): `local@domain/resource`. Local part and domain are folded as servers compare them, so that one person
 * has one address; a resource is kept as it is. In a local part XEP-0106 writes what it may not hold: `\40` for `@`.
 */
import { domainToUnicode } from 'node:url';
import { parseAddress, type Address } from '../../core/ids.ts';
import { err, ok, type Result } from '../../core/result.ts';

export interface Jid {
  /** Empty for a server or a component itself. */
  readonly local: string;
  readonly domain: string;
  readonly resource: string;
}

const forbiddenInLocal = /[\s"&'/:<>@\p{Cc}\p{Cf}]/u;
const domainForm = /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}.:-]*[\p{L}\p{N}\p{M}])?$|^\[[0-9a-f:.]+\]$/iu;
/** XEP-0106, 4: the characters and how they are written; the backslash is written so only before one of these. */
const escapes = new Map(
  [' ', '"', '&', "'", '/', ':', '<', '>', '@'].map((char) => [char, `\\${char.charCodeAt(0).toString(16)}`]),
);
const longestPart = 1023;

/** @returns the parts, folded; undefined for what is no JID. */
export function readJid(text: string): Jid | undefined {
  const found = /^(?:([^@/]*)@)?([^/@]*)(?:\/([^]*))?$/u.exec(text);
  if (found === null) return undefined;
  const [, local, domain = '', resource] = found;
  const jid = { local: fold(local ?? ''), domain: foldDomain(domain), resource: resource?.normalize('NFC') ?? '' };
  const isWhole = local !== '' && resource !== '';
  return isWhole && isProper(jid) ? jid : undefined;
}

function isProper({ local, domain, resource }: Jid): boolean {
  if (forbiddenInLocal.test(local) || !domainForm.test(domain) || /\p{Cc}/u.test(resource)) return false;
  return [local, domain, resource].every((part) => Buffer.byteLength(part) <= longestPart);
}

export function bareOf({ local, domain }: Jid): string {
  return local === '' ? domain : `${local}@${domain}`;
}

export function fullOf(jid: Jid): string {
  return jid.resource === '' ? bareOf(jid) : `${bareOf(jid)}/${jid.resource}`;
}

/** As the core compares it; undefined where it is too long for an address. */
export function addressOf(jid: string): Address | undefined {
  const parsed = parseAddress(jid);
  return parsed.ok ? parsed.value : undefined;
}

/** What a person wrote: `bob@example.org`, `xmpp:bob@example.org`, `d'artagnan@example.org`. */
export function readWritten(text: string): Result<Address, string> {
  const plain = text
    .trim()
    .replace(/^xmpp:(?:\/\/[^/]*\/)?/iu, '')
    .replace(/[?;].*$/u, '');
  const at = plain.lastIndexOf('@');
  const escaped = `${escapeLocal(plain.slice(0, at))}@${plain.slice(at + 1)}`;
  const jid = at > 0 ? (readJid(plain) ?? readJid(escaped)) : undefined;
  const address = jid === undefined || jid.local === '' ? undefined : addressOf(fullOf(jid));
  return address === undefined ? err('an XMPP address looks like name@example.org') : ok(address);
}

/** XEP-0106, 4.2: a local part as the wire has it. */
export function escapeLocal(local: string): string {
  const guarded = local.replace(/\\(?=20|22|26|27|2f|3a|3c|3e|40|5c)/giu, '\\5c');
  return guarded.replace(/[\s"&'/:<>@]/gu, (char) => escapes.get(char) ?? '');
}

/** XEP-0106, 4.3: a local part as people read it. */
export function unescapeLocal(local: string): string {
  return local.replace(/\\(20|22|26|27|2f|3a|3c|3e|40|5c)/giu, (_whole, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function fold(local: string): string {
  return local.normalize('NFKC').toLowerCase();
}

function foldDomain(domain: string): string {
  const plain = domain.normalize('NFKC').toLowerCase().replace(/\.$/u, '');
  const unicode = plain.includes('xn--') ? domainToUnicode(plain) : plain;
  return unicode === '' ? plain : unicode;
}
