/**
 * Words from outside that would mean something to a Matrix client: `@room`, a user's or a room's id, a link to one. A WORD
 * JOINER in them leaves them as they look, and means nothing to a client: nobody is pinged, and no pill appears.
 */
import { plainText, type RichText } from '../../core/rich-text.ts';
import { withInserted } from '../../core/rich-text-edit.ts';

const JOINER = '\u2060';

/** Each matches up to where the joiner goes. */
const MEANT: readonly RegExp[] = [
  // `@room` pings everybody in a room, wherever it stands in a text.
  /@(?=room)/giu,
  // Ids: `@user:host`, `#room:host`, `!room:host`. The host may be a name or an address in brackets.
  /[@#!](?=[^\s:@#!]{1,255}:[\p{L}\p{N}[])/gu,
  // The permalinks of matrix.to and of clients on the web, and the scheme of MSC2312.
  /matrix(?=\.to\b)/giu,
  /#(?=\/(?:user|room)\/)/giu,
  /matrix(?=:(?:u|user|r|room|roomid|e|event)\/)/giu,
];

export function unpinged(rich: RichText): RichText {
  const places = new Set(
    MEANT.flatMap((meant) => Array.from(rich.text.matchAll(meant), (match) => match.index + match[0].length)),
  );
  return withInserted(
    rich,
    [...places].map((at) => ({ at, text: JOINER })),
  );
}

/** A link that a client shows as a pill, with the name of whom or what it leads to. */
export function isPillLink(href: string): boolean {
  return /^https?:\/\/(?:www\.)?matrix\.to(?:[/:?#]|$)/iu.test(href) || /#\/(?:user|room)\//iu.test(decoded(href));
}

function decoded(href: string): string {
  try {
    return decodeURIComponent(href);
  } catch {
    return href;
  }
}

/** A body that begins with `>` looks like what older clients quote in a reply, and is hidden by them. */
export function unlikeFallback(body: string): string {
  return body.startsWith('>') ? `${JOINER}${body}` : body;
}

/** Words from outside as a body of their own: of a card, a place, a file's name. */
export function harmlessBody(text: string): string {
  return unlikeFallback(unpinged(plainText(text)).text);
}
