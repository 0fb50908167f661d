/** An address that somebody outside named, as far as it can be judged before its name is looked up. */
import { isIP } from 'node:net';
import { err, ok, type Result } from '../../core/result.ts';

const MOST_CHARACTERS = 8_192;
const defaultPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/**
 * Ports above 1023 on which something else than HTTP is at home: those that browsers refuse (WHATWG Fetch, "bad port"),
 * then databases, caches, queues and remote control. Below 1024 only 80 and 443 are asked.
 */
const otherServices: ReadonlySet<number> = new Set([
  ...[
    1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
  ],
  ...[1433, 1521, 1883, 2181, 2375, 2376, 2379, 2380, 3306, 3389, 5432, 5672, 5900, 5984, 6379, 6443, 8086, 9042, 9092],
  ...[9200, 9300, 10250, 11211, 27017],
]);

export interface Target {
  readonly url: URL;
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  /** `host:port`, for people and logs: neither path nor query, which may hold secrets. */
  readonly where: string;
  /** The admin named it: its addresses aren't judged. */
  readonly trusted: boolean;
}

/** @returns in words why it is not asked */
export function parseTarget(link: string, trusted: ReadonlySet<string>): Result<Target, string> {
  if (link.length > MOST_CHARACTERS) return err('a link of more than 8,192 characters');
  if (!URL.canParse(link)) return err('not a link');
  const url = new URL(link);
  const port = url.port === '' ? defaultPorts[url.protocol] : Number(url.port);
  if (port === undefined) return err('neither http nor https');
  const where = `${url.hostname}:${port}`;
  if (url.username !== '' || url.password !== '') return err(`${where}: a link with a user in it`);
  const named = trusted.has(where);
  if (!named && !webPort(port)) return err(`${where}: a port that is not the web's`);
  url.hash = '';
  const bare = url.hostname.replace(/^\[|\]$/gu, '');
  return ok({ url, host: isIP(bare) === 6 ? bare : url.hostname, where, trusted: named });
}

function webPort(port: number): boolean {
  return port < 1024 ? port === 80 || port === 443 : !otherServices.has(port);
}
