/** Twilio's list of messages: twilio.com/docs/messaging/api/message-resource, "Read multiple Message resources". */
import { z } from 'zod';
import { parseMillis, type Millis } from '../../core/ids.ts';
import { FetchFailed } from '../../core/ports/safe-fetch.ts';
import type { TwilioApi } from './api.ts';
import type { ToldMedia } from './media.ts';

/** The most that Twilio gives at a time. */
const PAGE = 1_000;
/** Of one line in one day: more is not held at a time. */
const MOST = 200_000;

/** RFC 2822, always in GMT: `Fri, 24 May 2019 17:18:27 +0000`. */
const time = z
  .string()
  .nullish()
  .transform((text): Millis | undefined => {
    const at = parseMillis(Date.parse(text ?? ''));
    return at.ok ? at.value : undefined;
  });

const listedMessage = z.object({
  sid: z.string(),
  from: z.string().nullish(),
  to: z.string().nullish(),
  body: z
    .string()
    .nullish()
    .transform((text) => (text ?? '').toWellFormed()),
  direction: z.string(),
  status: z.string(),
  error_code: z.coerce.number().int().nullish().catch(null),
  num_media: z.coerce.number().int().min(0).catch(0),
  date_created: time,
  date_sent: time,
});
export type ListedMessage = z.output<typeof listedMessage>;

const page = z.object({ messages: z.array(z.unknown()), next_page_uri: z.string().nullish() });
const mediaPage = z.object({
  media_list: z.array(z.object({ sid: z.string(), content_type: z.string().nullish() })),
});

/** Whether this is a page of the list of messages. */
export function isListing(body: unknown): boolean {
  return page.safeParse(body).success;
}

export interface Listing {
  readonly message: ListedMessage;
  /** As it came. */
  readonly raw: Uint8Array;
}

export interface ListFilter {
  readonly from?: string;
  readonly to?: string;
  /** `2026-11-23`, by GMT. */
  readonly day?: string;
  /** Default: all there are. */
  readonly most?: number;
}

/** Newest first, as Twilio lists them; an item that can't be read is left out. @throws FetchFailed */
export async function listMessages(api: TwilioApi, filter: ListFilter): Promise<readonly Listing[]> {
  const found: Listing[] = [];
  for await (const some of pagesOf(api, filter)) {
    found.push(...some);
    if (found.length > MOST) throw new FetchFailed('too-large', `more than ${String(MOST)} messages in one day`);
  }
  return found;
}

/** Page by page, newest first. @throws FetchFailed */
export async function* pagesOf(api: TwilioApi, filter: ListFilter): AsyncGenerator<readonly Listing[]> {
  let path: string | undefined = `${api.account}/Messages.json?${queryOf(filter).toString()}`;
  while (path !== undefined) {
    const { messages, next_page_uri: next } = await pageAt(api, path);
    yield messages.flatMap((item) => listingOf(item) ?? []);
    path = filter.most === undefined && isOurs(api, next) ? next : undefined;
  }
}

function listingOf(item: unknown): Listing | undefined {
  const message = listedMessage.safeParse(item).data;
  return message === undefined ? undefined : { message, raw: Buffer.from(JSON.stringify(item)) };
}

/** Of one message. @throws FetchFailed */
export async function listMedia(api: TwilioApi, sid: string): Promise<readonly ToldMedia[]> {
  const path = `${api.account}/Messages/${encodeURIComponent(sid)}/Media`;
  const answer = await api.get(`${path}.json?PageSize=100`);
  const media = mediaPage.safeParse(answer.body).data;
  if (answer.status !== 200 || media === undefined) throw notListed(answer.status);
  // Any host will do: what counts is the path.
  return media.media_list.map(({ sid: id, content_type: type }) => ({
    url: `https://api.twilio.com${path}/${id}`,
    type: type ?? undefined,
  }));
}

/** Undefined where there is no such message. @throws FetchFailed */
export async function messageBy(api: TwilioApi, sid: string): Promise<ListedMessage | undefined> {
  const answer = await api.get(`${api.account}/Messages/${encodeURIComponent(sid)}.json`);
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw notListed(answer.status);
  return listedMessage.safeParse(answer.body).data;
}

function queryOf({ from, to, day, most = PAGE }: ListFilter): URLSearchParams {
  return new URLSearchParams({
    ...(to === undefined ? {} : { To: to }),
    ...(from === undefined ? {} : { From: from }),
    ...(day === undefined ? {} : { DateSent: day }),
    PageSize: String(most),
  });
}

async function pageAt(api: TwilioApi, path: string): Promise<z.output<typeof page>> {
  const answer = await api.get(path);
  const read = page.safeParse(answer.body).data;
  if (answer.status !== 200 || read === undefined) throw notListed(answer.status);
  return read;
}

/** The next page is asked for with our login: only within our account. */
function isOurs(api: TwilioApi, next: string | null | undefined): next is string {
  return next?.startsWith(`${api.account}/Messages.json?`) === true;
}

function notListed(status: number): FetchFailed {
  return new FetchFailed('unclear', `Twilio did not list its messages (${String(status)})`);
}
