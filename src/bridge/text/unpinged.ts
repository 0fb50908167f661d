/** What of words from outside would mean something to a Matrix client, made to say only what it says. */
import { inert, inertPlaces, JOINER } from '../../core/inert-text.ts';
import type { RichText } from '../../core/rich-text.ts';
import { withInserted } from '../../core/rich-text-edit.ts';

export function unpinged(rich: RichText): RichText {
  return withInserted(
    rich,
    inertPlaces(rich.text).map((at) => ({ at, text: JOINER })),
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
  return unlikeFallback(inert(text));
}
