/** The list of messages, page by page, by day and by number. */
import { dayOf, resourceOf, type SimMessage } from './messages.ts';

/** A page of `messages`, or what Twilio would not understand in the question. */
export function pageOf(messages: readonly SimMessage[], url: URL, account: string): object | string {
  const query = url.searchParams;
  const slip = slipIn(query);
  if (slip !== undefined) return slip;
  const size = Number(query.get('PageSize') ?? '50');
  const page = Number(query.get('Page') ?? '0');
  const all = messages.filter((one) => matches(one, query)).reverse();
  const end = Math.min(all.length, (page + 1) * size);
  const next = new URLSearchParams(query);
  next.set('Page', String(page + 1));
  next.set('PageToken', `PA${all[end - 1]?.sid ?? ''}`);
  return {
    ...{ page, page_size: size, start: page * size, end: end - 1 },
    ...{ uri: url.pathname + url.search, previous_page_uri: null, first_page_uri: `${url.pathname}?PageSize=50` },
    next_page_uri: all.length > end ? `${url.pathname}?${next.toString()}` : null,
    messages: all.slice(page * size, end).map((one) => resourceOf(account, one)),
  };
}

function matches({ to, from, at }: SimMessage, query: URLSearchParams): boolean {
  const [wantedTo, wantedFrom, day] = [query.get('To'), query.get('From'), query.get('DateSent')];
  const since = query.get('DateSent>');
  const until = query.get('DateSent<');
  return (
    (wantedTo === null || wantedTo === to) &&
    (wantedFrom === null || wantedFrom === from) &&
    (day === null || day === dayOf(at)) &&
    (since === null || since <= dayOf(at)) &&
    (until === null || until >= dayOf(at))
  );
}

/** What Twilio would not understand in a question for its list. */
function slipIn(query: URLSearchParams): string | undefined {
  const known = /^(?:To|From|DateSent[<>]?|PageSize|Page|PageToken)$/u;
  const size = Number(query.get('PageSize') ?? '50');
  const day = query.get('DateSent') ?? '2026-01-01';
  if (!(size >= 1 && size <= 1_000)) return 'PageSize';
  return /^\d{4}-\d\d-\d\d$/u.test(day) ? [...query.keys()].find((key) => !known.test(key)) : 'DateSent';
}
