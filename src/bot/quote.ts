/** Other people's words inside ours: they must not ping, link, hide or turn the line around. */
import { inertButIds } from '../core/inert-text.ts';

// Bidi controls, zero-width characters and other format controls; ASCII controls become a space.
const FORMAT = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;
const SPACES = /[\s\p{Cc}]+/gu;

/** One line of `text` that only says what it says: what pings or links in a client is broken by an invisible joiner. */
export function oneLine(text: string): string {
  return inertButIds(text.replace(FORMAT, '').replace(SPACES, ' ').trim());
}

/** The same, keeping line breaks. */
export function inertLines(text: string): string {
  return text
    .split(/\r\n?|\n/u)
    .map(oneLine)
    .join('\n');
}

/** Cut to `limit` characters as people count them, with an ellipsis. */
export function cut(text: string, limit: number): string {
  const chars = Array.from(text);
  return chars.length <= limit
    ? text
    : `${chars
        .slice(0, limit - 1)
        .join('')
        .trimEnd()}…`;
}

/** A link to a room that works in every Matrix client; `via` helps clients of other servers. */
export function roomLink(room: string, via: string): string {
  return `https://matrix.to/#/${encodeURIComponent(room)}?via=${encodeURIComponent(via)}`;
}
