/**
 * `X-Twilio-Signature`: base64 of HMAC-SHA1, keyed with the account's auth token, over the URL that Twilio was given and
 * all POST parameters (twilio.com/docs/usage/security, "Validating signatures"). Which spelling of the URL Twilio signed
 * differs by its back end, so every spelling that Twilio's own library tries is tried.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { parse, stringify } from 'node:querystring';

/** The values of each parameter, in the order in which they came. */
export type Params = ReadonlyMap<string, readonly string[]>;

export const noParams: Params = new Map();

/** What one token signs a URL and parameters with. */
export function signatureOf(token: string, url: string, params: Params): string {
  const hmac = createHmac('sha1', token).update(url, 'utf8');
  for (const key of [...params.keys()].sort()) {
    for (const value of [...new Set(params.get(key))].sort()) hmac.update(key + value, 'utf8');
  }
  return hmac.digest('base64');
}

export interface Signed {
  /** Both, while one is exchanged for the other. */
  readonly tokens: readonly string[];
  readonly signature: string;
  /** With the host and path that Twilio was told, and the query as it came. */
  readonly url: string;
  readonly params: Params;
}

export function isSigned({ tokens, signature, url, params }: Signed): boolean {
  const spellings = spellingsOf(url);
  return tokens.some((token) => spellings.some((one) => isSame(signature, signatureOf(token, one, params))));
}

/** Whether the body is the one whose hash is in the URL; undefined where there is no hash in it. */
export function hasSignedBody(url: string, body: Uint8Array): boolean | undefined {
  const query = url.includes('?') ? url.slice(url.indexOf('?') + 1) : '';
  const told = new URLSearchParams(query).get('bodySHA256');
  return told === null ? undefined : isSame(told, createHash('sha256').update(body).digest('hex'));
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** As received, then as a URL parser writes it, each without and with the port; the latter also with its query escaped anew. */
function spellingsOf(url: string): readonly string[] {
  const received = [withoutPort(url), withPort(url)];
  if (!URL.canParse(url)) return received;
  const normal = new URL(url).toString();
  const both = [withoutPort(normal), withPort(normal)];
  return [...new Set([...received, ...both, ...both.map(withQueryEscapedAnew)])];
}

interface UrlParts {
  readonly scheme: string;
  readonly user: string;
  readonly host: string;
  readonly port: string;
  readonly rest: string;
}

/** Without a URL parser, which would write some characters of the query otherwise. */
function partsOf(url: string): UrlParts | undefined {
  const [whole, scheme = '', authority = ''] = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)/iu.exec(url) ?? [];
  if (whole === undefined) return undefined;
  const user = authority.slice(0, authority.lastIndexOf('@') + 1);
  const at = authority.slice(user.length);
  const colon = at.indexOf(':', at.lastIndexOf(']') + 1);
  const [host, port] = colon === -1 ? [at, ''] : [at.slice(0, colon), at.slice(colon)];
  return { scheme, user, host, port, rest: url.slice(whole.length) };
}

function withoutPort(url: string): string {
  const parts = partsOf(url);
  return parts === undefined ? url : parts.scheme + parts.user + parts.host + parts.rest;
}

function withPort(url: string): string {
  const parts = partsOf(url);
  if (parts?.port !== '') return url;
  const port = parts.scheme.toLowerCase() === 'https://' ? ':443' : ':80';
  return parts.scheme + parts.user + parts.host + port + parts.rest;
}

function withQueryEscapedAnew(url: string): string {
  const start = url.indexOf('?') + 1;
  return start === 0 || start === url.length ? url : url.slice(0, start) + stringify(parse(url.slice(start)));
}
