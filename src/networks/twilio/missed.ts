/** What came in while Twilio could not reach us: it calls once and doesn't come again, but keeps a list. */
import { parseAddress, parseRemoteId, type Address, type Millis } from '../../core/ids.ts';
import type { ConnectorContext, NetworkEvent } from '../../core/ports/connector.ts';
import type { TwilioApi } from './api.ts';
import { eventOf, inListOrder, listed } from './inbound.ts';
import { listMedia, listMessages, pagesOf, type Listing } from './listing.ts';
import type { Richer } from './richer.ts';

const DAY_MS = 86_400_000;

export interface MissedDeps {
  readonly ctx: Pick<ConnectorContext, 'lines' | 'clock' | 'signal'>;
  readonly api: TwilioApi;
  readonly richer: Richer;
}

interface Dated extends Listing {
  readonly at: Millis;
}

/** Day by day, oldest first: at most one day's messages are held. @throws FetchFailed */
export async function* missedSince(since: Millis, deps: MissedDeps): AsyncGenerator<NetworkEvent> {
  const { ctx } = deps;
  const first = since === 0 ? await firstDay(deps) : since;
  for (let day = first - (first % DAY_MS); day <= ctx.clock.now() + DAY_MS; day += DAY_MS) {
    for (const listing of await ofDay(day, deps)) {
      if (ctx.signal.aborted) return;
      if (listing.at < since || (await deps.richer.has(listing.message.sid))) continue;
      const event = await eventFrom(listing, deps);
      if (event !== undefined) yield event;
    }
  }
}

/** Of the oldest message that is listed at all. */
async function firstDay({ ctx, api }: MissedDeps): Promise<number> {
  let oldest: number = ctx.clock.now();
  for (const line of ctx.lines) {
    for await (const page of pagesOf(api, { to: line })) {
      if (ctx.signal.aborted) return oldest;
      const last = page.at(-1)?.message;
      oldest = Math.min(oldest, last?.date_sent ?? last?.date_created ?? oldest);
    }
  }
  return oldest;
}

async function ofDay(day: number, { ctx, api }: MissedDeps): Promise<readonly Dated[]> {
  const found: Dated[] = [];
  for (const line of ctx.lines) {
    if (ctx.signal.aborted) return [];
    const newestFirst = await listMessages(api, { to: line, day: dayOf(day) });
    for (const listing of newestFirst.toReversed()) {
      const at = listing.message.date_sent ?? listing.message.date_created;
      if (listing.message.direction === 'inbound' && at !== undefined) found.push({ ...listing, at });
    }
  }
  return found.toSorted((one, other) => one.at - other.at);
}

/** `2026-11-23`, by GMT. */
function dayOf(ms: number): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'UTC' }).format(ms);
}

async function eventFrom({ message, at, raw }: Dated, { api }: MissedDeps): Promise<NetworkEvent | undefined> {
  const [remoteId, from, to] = [parseRemoteId(message.sid), parseAddress(message.from), parseAddress(message.to)];
  if (!remoteId.ok || !from.ok || !to.ok) return undefined;
  const ends: { from: Address; to: Address } = { from: from.value, to: to.value };
  const told = message.num_media === 0 ? [] : await listMedia(api, message.sid);
  const said = listed({ remoteId: remoteId.value, ...ends }, { text: message.body, told, of: message.num_media });
  const { attachments } = said;
  return eventOf(attachments === undefined ? said : { ...said, attachments: inListOrder(attachments) }, { at, raw });
}
