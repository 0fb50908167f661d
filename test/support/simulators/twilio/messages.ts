/** What the simulated Twilio has on record, in the form of its API (message and media resources, 2010-04-01). */
import { randomBytes } from 'node:crypto';

export interface SimMedia {
  readonly sid: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface SimMessage {
  readonly sid: string;
  readonly direction: 'inbound' | 'outbound-api';
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly media: readonly SimMedia[];
  /** Milliseconds; Twilio tells seconds. */
  readonly at: number;
  readonly statusCallback?: string;
  readonly messagingServiceSid?: string;
  status: string;
  errorCode?: number;
}

export function newSid(letters: string): string {
  return letters + randomBytes(16).toString('hex');
}

/** RFC 2822, in GMT. */
function rfc2822(ms: number): string {
  return new Date(ms).toUTCString().replace('GMT', '+0000');
}

/** `2026-11-23`, by GMT. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

export function resourceOf(account: string, message: SimMessage) {
  const { sid, direction, from, to, body, media, at, status, errorCode, messagingServiceSid } = message;
  const uri = `/2010-04-01/Accounts/${account}/Messages/${sid}`;
  return {
    account_sid: account,
    api_version: '2010-04-01',
    body,
    date_created: rfc2822(at),
    date_sent: rfc2822(at),
    date_updated: rfc2822(at),
    direction,
    error_code: errorCode ?? null,
    error_message: null,
    from,
    messaging_service_sid: messagingServiceSid ?? null,
    num_media: String(media.length),
    num_segments: '1',
    price: null,
    price_unit: 'USD',
    sid,
    status,
    subresource_uris: { media: `${uri}/Media.json` },
    to,
    uri: `${uri}.json`,
  };
}

export function mediaListOf(account: string, { sid, media, at }: SimMessage) {
  const uri = `/2010-04-01/Accounts/${account}/Messages/${sid}/Media`;
  const list = media.map((one) => ({
    account_sid: account,
    content_type: one.type,
    date_created: rfc2822(at),
    date_updated: rfc2822(at),
    parent_sid: sid,
    sid: one.sid,
    uri: `${uri}/${one.sid}.json`,
  }));
  return {
    end: Math.max(0, list.length - 1),
    first_page_uri: `${uri}.json?PageSize=50&Page=0`,
    media_list: list,
    next_page_uri: null,
    page: 0,
    page_size: 50,
    previous_page_uri: null,
    start: 0,
    uri: `${uri}.json?PageSize=50&Page=0`,
  };
}
