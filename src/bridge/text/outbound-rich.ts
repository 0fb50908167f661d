/** What a staff member's message or edit says, with its marks. Decided by the event alone; never throws. */
import { looksLikeCommand, withoutQuote } from '../../core/command-text.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { plainText, type RichText } from '../../core/rich-text.ts';
import { readHtml } from './html-reading.ts';

/**
 * The words of a text, or of what an edit makes of it; a reply's without what it quotes. The error is a word for people:
 * what this is instead of a text.
 */
export function outboundRich(content: JsonObject): Result<RichText, string> {
  const replaced = content['m.new_content'];
  const said = isJsonObject(replaced) ? replaced : content;
  if (said['msgtype'] !== 'm.text' && said['msgtype'] !== 'm.emote') return err('a message without text');
  return wordsIn(said, isReply(content) || isReply(said));
}

/** The words beside a file, or of what an edit makes of them: formatted, and with people called, as those of a text. */
export function captionRich(content: JsonObject): Result<RichText, string> {
  const replaced = content['m.new_content'];
  const said = isJsonObject(replaced) ? replaced : content;
  return wordsIn(said, isReply(content) || isReply(said));
}

/** `body` and its formatted form. */
function wordsIn(content: JsonObject, isReply: boolean): Result<RichText, string> {
  const { body } = content;
  if (typeof body !== 'string') return err('a message without text');
  const plain = isReply ? withoutQuote(body) : body;
  const rich = formattedIn(content) ?? plainText(plain);
  return looksLikeCommand(plain) || looksLikeCommand(rich.text) ? err('commands') : ok(rich);
}

/** Undefined where there is none, of a form that we don't know, or nothing in it but quotations of a reply. */
function formattedIn({ format, formatted_body: html }: JsonObject): RichText | undefined {
  if (format !== 'org.matrix.custom.html' || typeof html !== 'string') return undefined;
  const rich = readHtml(html);
  return rich.text === '' ? undefined : rich;
}

function isReply(content: JsonObject): boolean {
  const relation = content['m.relates_to'];
  return isJsonObject(relation) && isJsonObject(relation['m.in_reply_to']);
}
