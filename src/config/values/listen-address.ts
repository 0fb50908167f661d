/** Where a listener listens: `127.0.0.1:9701`, `[::1]:9701`. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { say } from '../problem.ts';

export interface ListenAddress {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

/** Undefined when `text` is no address with a port. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:\s]+)):(\d{1,5})$/u.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || !(port <= 65_535)) return undefined;
  return isIP(host) !== 0 || host === 'localhost' ? { host, port } : undefined;
}

export const listenAddress = z.string().transform((text, ctx) => {
  const address = parseListenAddress(text);
  if (address !== undefined) return address;
  const fix = 'write an IP address of this machine and a port, for example 127.0.0.1:9701';
  ctx.addIssue({ code: 'custom', message: say(`"${text}" is not an address to listen on`, fix) });
  return z.NEVER;
});
