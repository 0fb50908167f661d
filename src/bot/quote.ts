/** Other people's words inside ours: they must not ping, link, hide or turn the line around. */

// Bidi controls, zero-width characters and other format controls; ASCII controls become a space.
const FORMAT = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;
const SPACES = /[\s\p{Cc}]+/gu;
const WORD_JOINER = '\u2060';

/** One line of `text` that only says what it says: `@room` and matrix.to links are broken by an invisible joiner. */
export function oneLine(text: string): string {
  return inert(text.replace(FORMAT, '').replace(SPACES, ' ').trim());
}

/** The same, keeping line breaks. */
export function inertLines(text: string): string {
  return text
    .split(/\r\n?|\n/u)
    .map(oneLine)
    .join('\n');
}

function inert(text: string): string {
  return text.replace(/@(?=room\b)/giu, `@${WORD_JOINER}`).replace(/matrix\.to/giu, `matrix${WORD_JOINER}.to`);
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
