/** Where files are scanned, and which private places they may be fetched from. */
import { isAbsolute } from 'node:path';
import { isIP } from 'node:net';
import { z } from 'zod';
import { say } from '../problem.ts';

export type ClamdPlace = Readonly<{ host: string; port: number }> | Readonly<{ path: string }>;

const CLAMD_PORT = 3310;
const ICAP_PORT = 1344;

/** `host:port` with a name, an IPv4 address, or an IPv6 address in brackets; lower case. */
export function parsePlace(text: string): { readonly host: string; readonly port: number } | undefined {
  const [, host = '', digits] = /^(\[[\da-fA-F:.]+\]|[\w.-]+):(\d{1,5})$/u.exec(text) ?? [];
  const port = Number(digits);
  if (!(port >= 1 && port <= 65_535)) return undefined;
  if (!host.startsWith('[')) return { host: host.toLowerCase(), port };
  const bare = host.slice(1, -1).toLowerCase();
  return isIP(bare) === 6 ? { host: bare, port } : undefined;
}

export const clamdPlace = z.string().transform((text, ctx): ClamdPlace => {
  if (isAbsolute(text)) return { path: text };
  const place = parsePlace(text) ?? parsePlace(`${text}:${CLAMD_PORT}`);
  if (place !== undefined) return place;
  const fix = 'write a host and a port such as 127.0.0.1:3310, or the path of its socket such as /run/clamav/clamd.ctl';
  ctx.addIssue({ code: 'custom', message: say(`"${text}" is no place of clamd`, fix) });
  return z.NEVER;
});

export type IcapUrl = Readonly<{ host: string; port: number; service: string }>;

/** `icap://host[:1344]/service` (RFC 3507, 4.2). */
export const icapUrl = z.string().transform((text, ctx): IcapUrl => {
  const match = /^icap:\/\/([^/?#@\s]+)\/([^?#\s]+)$/u.exec(text);
  const place = match?.[1] === undefined ? undefined : (parsePlace(match[1]) ?? parsePlace(`${match[1]}:${ICAP_PORT}`));
  const service = match?.[2];
  if (place !== undefined && service !== undefined) return { ...place, service };
  const fix = 'write it like icap://127.0.0.1:1344/avscan';
  ctx.addIssue({ code: 'custom', message: say(`"${text}" is no address of an ICAP service`, fix) });
  return z.NEVER;
});

/** `host:port` as links name them: a default port is written too. */
export const fetchPlace = z.string().transform((text, ctx): string => {
  const place = parsePlace(text);
  if (place !== undefined) return text.toLowerCase();
  const fix = 'write the host and the port, such as upload.acme.example:5443';
  ctx.addIssue({ code: 'custom', message: say(`"${text}" is no place to fetch from`, fix) });
  return z.NEVER;
});
