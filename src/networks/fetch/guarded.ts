/** Asks addresses that somebody outside named, and never anything inside the house. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Client } from 'undici';
import type { Clock } from '../../core/clock.ts';
import { FetchFailed, type FetchAnswer, type FetchWish, type GuardedFetch } from '../../core/ports/safe-fetch.ts';
import { unlessAborted } from '../../core/unless-aborted.ts';
import { ask, DEFAULT_MS, type Asked } from './ask.ts';
import { connectorOf } from './connect.ts';
import { Deadline } from './deadline.ts';
import { isPublic } from './public-address.ts';
import { parseTarget, type Target } from './target.ts';

const MOST_REDIRECTS = 5;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export interface Guarding {
  readonly clock: Clock;
  /** `host:port` of private places that the admin named. */
  readonly fetchFrom: readonly string[];
  /** All addresses of a name. */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
  readonly ca?: string;
  /** Aborted when everything under way ends. */
  readonly closing: AbortSignal;
}

export function guardedFetch(guarding: Guarding): GuardedFetch {
  const trusted = new Set(guarding.fetchFrom.map((place) => place.toLowerCase()));
  return async (link, wish = {}) => {
    const stop = wish.signal === undefined ? guarding.closing : AbortSignal.any([guarding.closing, wish.signal]);
    const deadline = new Deadline(guarding.clock, wish.timeoutMs ?? DEFAULT_MS, stop);
    try {
      return await follow({ guarding, trusted, deadline, wish }, link);
    } catch (error) {
      deadline.end();
      throw error;
    }
  };
}

interface Way {
  readonly guarding: Guarding;
  readonly trusted: ReadonlySet<string>;
  readonly deadline: Deadline;
  readonly wish: FetchWish;
}

async function follow(way: Way, link: string): Promise<FetchAnswer> {
  let target = targetOf(link, way);
  let { wish } = way;
  for (let hops = 0; ; hops += 1) {
    const { answer, arrival } = await askTarget(target, { ...way, wish });
    const to = redirectOf(answer, wish);
    if (to === undefined) {
      arrival.whenOver(() => {
        way.deadline.end();
      });
      return answer;
    }
    arrival.drop();
    if (hops === MOST_REDIRECTS) throw refused(`${target.where}: more than ${MOST_REDIRECTS} redirects`);
    const next = redirected(to, target, way);
    if (next.url.origin !== target.url.origin) wish = { ...wish, headers: {} };
    target = next;
  }
}

/** Only what changes nothing is asked again elsewhere; of the rest the redirect is the answer. */
function redirectOf(answer: FetchAnswer, { method = 'GET' }: FetchWish): string | undefined {
  if (!redirects.has(answer.status) || (method !== 'GET' && method !== 'HEAD')) return undefined;
  return answer.header('location');
}

function redirected(to: string, from: Target, way: Way): Target {
  if (!URL.canParse(to, from.url.href)) throw refused(`${from.where}: redirects to what is not a link`);
  const next = targetOf(new URL(to, from.url).href, way);
  const opened = from.url.protocol === 'https:' && next.url.protocol === 'http:';
  if (opened) throw refused(`${from.where}: redirects from https to http`);
  return next;
}

function targetOf(link: string, { trusted }: Way): Target {
  const target = parseTarget(link, trusted);
  if (!target.ok) throw refused(target.error);
  return target.value;
}

/** Over a connection of its own, to the addresses that were checked just before. */
async function askTarget(target: Target, { guarding, deadline, wish }: Way): Promise<Asked> {
  const { clock, ca } = guarding;
  const addresses = await addressesOf(target, guarding, deadline.signal);
  const over = new Client(target.url.origin, {
    connect: connectorOf({ clock, addresses, ...(ca !== undefined && { ca }) }),
    pipelining: 1,
  });
  const done = (): void => {
    over.destroy(() => undefined);
  };
  const { origin, pathname, search } = target.url;
  const { signal } = deadline;
  return ask({ over, origin, path: `${pathname}${search}`, where: target.where, wish, signal, done });
}

/** @throws FetchFailed unless every one of them may be asked */
async function addressesOf(target: Target, guarding: Guarding, signal: AbortSignal): Promise<readonly string[]> {
  const { host, where, trusted } = target;
  const addresses = isIP(host) === 0 ? await lookedUp(target, guarding, signal) : [host];
  if (addresses.length === 0) throw new FetchFailed('unsent', `${where}: has no address`);
  if (!trusted && !addresses.every(isPublic)) throw refused(`${where}: not a public address`);
  return addresses;
}

async function lookedUp({ host, where }: Target, { resolve = allOf }: Guarding, signal: AbortSignal) {
  const failed = (why: string): FetchFailed => new FetchFailed('unsent', `${where}: ${why}`);
  const found = await unlessAborted(resolve(host), signal).catch(() => {
    throw failed('its name has no address now');
  });
  if (found === undefined) throw failed(String(signal.reason));
  return found;
}

async function allOf(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true })).map((one) => one.address);
}

function refused(detail: string): FetchFailed {
  return new FetchFailed('refused', detail);
}
