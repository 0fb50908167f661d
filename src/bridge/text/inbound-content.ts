/**
 * Words from outside as contents of room messages: `body`, and with marks `format` and `formatted_body`. Nothing in them
 * pings anybody, is HTML of their writer's, shows as a pill or as what a reply quotes; who is mentioned is the caller's.
 */
import type { JsonObject } from '../../core/json.ts';
import type { RichText } from '../../core/rich-text.ts';
import { splitRich, withInserted } from '../../core/rich-text-edit.ts';
import { normalised } from '../../core/rich-text-normal.ts';
import { linkSigns, toPlain } from '../../core/rich-text-plain.ts';
import { writeHtml } from './html-writing.ts';
import { jsonBytes, splitBody } from './split-body.ts';
import { isPillLink, unlikeFallback, unpinged } from './unpinged.ts';

/** A Matrix event may have 65,536 bytes in all (Matrix spec, size limits); this leaves room for everything else. */
const MOST_BYTES = 40_000;
/** Of a text with marks, which is said twice. */
const MOST_TWICE = 12_000;

/** In as many parts as their size asks for, at least one. */
export function inboundContents({ text, marks }: RichText): readonly JsonObject[] {
  const rich = unpinged(withoutPills(normalised(text, marks)));
  return rich.marks.length === 0 ? plain(rich.text) : splitRich(rich, MOST_TWICE, jsonBytes).flatMap(marked);
}

function plain(text: string): readonly JsonObject[] {
  return splitBody(unlikeFallback(text), MOST_BYTES).map((body) => ({ body }));
}

/** Markup that is too large for an event is left out; all words are in `body`. */
function marked(rich: RichText): readonly JsonObject[] {
  const said = toPlain(rich);
  if (rich.marks.length === 0) return plain(said);
  const body = unlikeFallback(said);
  const html = writeHtml(rich);
  if (jsonBytes(body) + jsonBytes(html) > MOST_BYTES + MOST_TWICE) return plain(said);
  return [{ body, format: 'org.matrix.custom.html', formatted_body: html }];
}

/** Where they lead stands behind their words, as text. */
function withoutPills(rich: RichText): RichText {
  const { text, marks } = withInserted(rich, linkSigns(rich, isPillLink));
  return { text, marks: marks.filter((mark) => mark.as !== 'link' || !isPillLink(mark.href)) };
}
