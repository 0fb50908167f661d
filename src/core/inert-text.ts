/**
 * Words from outside that would mean something to a Matrix client: `@room`, a user's or a room's id, a link to one. A WORD
 * JOINER in them leaves them as they look, and means nothing to a client: nobody is pinged, and no pill appears.
 */

export const JOINER = '\u2060';

/** The permalinks of matrix.to and of clients on the web, and the scheme of MSC2312. */
const LINKS: readonly RegExp[] = [
  /matrix(?=\.to\b)/giu,
  /#(?=\/(?:user|room)\/)/giu,
  /matrix(?=:(?:u|user|r|room|roomid|e|event)\/)/giu,
];

/** Each matches up to where the joiner goes. */
const MEANT: readonly RegExp[] = [
  // `@room` pings everybody in a room, wherever it stands in a text.
  /@(?=room)/giu,
  // Ids: `@user:host`, `#room:host`, `!room:host`. The host may be a name or an address in brackets.
  /[@#!](?=[^\s:@#!]{1,255}:[\p{L}\p{N}[])/gu,
  ...LINKS,
];

/** For our own answers, in which ids are copied from: those stay whole. */
const BUT_IDS: readonly RegExp[] = [/@(?=room\b)/giu, ...LINKS];

/** Where joiners go, in UTF-16 units, in order. */
export function inertPlaces(text: string, meant = MEANT): readonly number[] {
  const places = meant.flatMap((one) => Array.from(text.matchAll(one), (match) => match.index + match[0].length));
  return [...new Set(places)].sort((a, b) => a - b);
}

export function inert(text: string): string {
  return joinedAt(text, inertPlaces(text));
}

/** As `inert`, but ids of users and rooms can be copied out of it. */
export function inertButIds(text: string): string {
  return joinedAt(text, inertPlaces(text, BUT_IDS));
}

function joinedAt(text: string, places: readonly number[]): string {
  let done = 0;
  const out: string[] = [];
  for (const at of places) {
    out.push(text.slice(done, at), JOINER);
    done = at;
  }
  return out.join('') + text.slice(done);
}
