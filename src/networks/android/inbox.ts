/**
 * The app's own list of what came in (docs.sms-gate.app, features/reading-messages): there on the phone's own server
 * alone. It is made whole first from what the phone itself has kept, should the app not have run.
 */
import { z } from 'zod';
import { noMillis, parseAddress, parseMillis, type Millis } from '../../core/ids.ts';
import type { ConnectorContext, NetworkEvent } from '../../core/ports/connector.ts';
import { FetchFailed } from '../../core/ports/safe-fetch.ts';
import { attachmentOf, listedEvent, listedSmsId, mmsId } from './events.ts';
import type { Gateway } from './gateway.ts';
import type { HeardMms } from './heard-mms.ts';
import type { LineFinder } from './lines.ts';

/** The most that the app gives at a time. */
const PAGE = 500;
const DAY_MS = 86_400_000;
/** What the app shows of a picture without words. */
const NO_WORDS = new Set(['MMS content', 'MMS notification']);

const item = z.object({
  id: z.string(),
  type: z.enum(['SMS', 'MMS_DOWNLOADED']),
  sender: z.string(),
  recipient: z.string().nullish(),
  simNumber: z.number().int().nullish(),
  contentPreview: z.string().transform((text) => text.toWellFormed()),
  createdAt: z.string().transform((text, problems): Millis => {
    const at = parseMillis(Date.parse(text));
    if (at.ok) return at.value;
    problems.addIssue({ code: 'custom', message: 'is no time' });
    return noMillis;
  }),
  attachments: z
    .array(
      z.object({ partId: z.number().int().min(0), contentType: z.string(), name: z.string(), size: z.number().int() }),
    )
    .catch([]),
});
export type InboxItem = z.output<typeof item>;

export interface InboxDeps {
  readonly ctx: Pick<ConnectorContext, 'clock' | 'signal'>;
  readonly gateway: Gateway;
  readonly lines: LineFinder;
  readonly heard: HeardMms;
}

/** Day by day, oldest first. @throws FetchFailed */
export async function* missedSince(since: Millis, deps: InboxDeps): AsyncGenerator<NetworkEvent> {
  const { ctx, gateway } = deps;
  const now = ctx.clock.now();
  await refresh(gateway, { since, until: now + DAY_MS, tell: false });
  const [oldest] = since === 0 ? await itemsBetween(gateway, 0, now + DAY_MS) : [];
  for (let from: number = oldest?.createdAt ?? since; from <= now + DAY_MS; from += DAY_MS) {
    for (const one of await itemsBetween(gateway, from, from + DAY_MS - 1)) {
      if (ctx.signal.aborted) return;
      const event = one.createdAt < since ? undefined : await eventFrom(one, deps);
      if (event !== undefined) yield event;
    }
  }
}

/**
 * Makes the app look through the phone's own store. @param span.tell whether it calls us with what it had not seen
 * @throws FetchFailed
 */
export async function refresh(
  gateway: Gateway,
  { since, until, tell }: { readonly since: number; readonly until: number; readonly tell: boolean },
): Promise<void> {
  const span = { since: isoOf(since), until: isoOf(until) };
  const how = { triggerWebhooks: tell, messageTypes: ['SMS', 'MMS'] };
  const { status } = await gateway.post('/inbox/refresh', { ...span, ...how });
  if (status !== 202) throw new FetchFailed('unclear', `the app did not look again (${String(status)})`);
}

/** The picture message that an event is about, as the list has it. @throws FetchFailed */
export async function mmsItem(gateway: Gateway, id: string): Promise<InboxItem | undefined> {
  const at = Number(/^mms\/(\d+)\//u.exec(id)?.[1] ?? NaN);
  if (!Number.isSafeInteger(at)) return undefined;
  const found = await itemsBetween(gateway, at, at);
  return found.find((one) => one.type === 'MMS_DOWNLOADED' && mmsId(one.sender, one.createdAt) === id);
}

/** Oldest first; what can't be read, and kinds that are not ours, are left out. @throws FetchFailed */
async function itemsBetween(gateway: Gateway, from: number, to: number): Promise<readonly InboxItem[]> {
  const found: InboxItem[] = [];
  for (let offset = 0, total = 1; offset < total; offset += PAGE) {
    const query = new URLSearchParams({
      ...{ from: isoOf(from), to: isoOf(to), limit: String(PAGE), offset: String(offset), includeAttachments: 'true' },
    });
    const answer = await gateway.get(`/inbox?${query.toString()}`);
    const items = z.array(z.unknown()).safeParse(answer.body).data;
    if (answer.status !== 200 || items === undefined) {
      throw new FetchFailed('unclear', `the app did not list what came in (${String(answer.status)})`);
    }
    found.push(...items.flatMap((one) => item.safeParse(one).data ?? []));
    total = answer.total ?? (items.length < PAGE ? 0 : offset + PAGE + 1);
  }
  return found.toSorted((one, other) => one.createdAt - other.createdAt);
}

async function eventFrom(one: InboxItem, { lines, heard }: InboxDeps): Promise<NetworkEvent | undefined> {
  const from = parseAddress(one.sender);
  if (!from.ok) return undefined;
  const { createdAt: at } = one;
  const to = lines.lineOf({ recipient: one.recipient ?? undefined, sim: one.simNumber ?? undefined });
  const told = { from: from.value, to, at };
  const raw = Buffer.from(JSON.stringify(one));
  if (one.type === 'SMS')
    return listedEvent({ ...told, id: listedSmsId(one.id, at), text: one.contentPreview }, {}, raw);
  const id = mmsId(one.sender, at);
  if (await heard.has(id)) return undefined;
  const attachments = one.attachments.map((file) => attachmentOf(id, file));
  const text = NO_WORDS.has(one.contentPreview) ? '' : one.contentPreview;
  return listedEvent({ ...told, id, text }, attachments.length === 0 ? {} : { attachments }, raw);
}

/** The form that the app reads: `2026-11-23T10:00:00.000Z`. */
function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
