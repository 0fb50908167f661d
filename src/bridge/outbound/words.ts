/** The words of a staff message as its network carries them, and as the gate and the record know them. */
import type { JsonObject } from '../../core/json.ts';
import type { Capabilities } from '../../core/ports/capabilities.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Mark, RichText } from '../../core/rich-text.ts';
import { toPlain } from '../../core/rich-text-plain.ts';
import { captionRich, outboundRich } from '../text/outbound-rich.ts';

export interface Words {
  readonly text: string;
  /** Where the network knows forms, and there are any. */
  readonly marks?: readonly Mark[];
  /** All that is said, links with where they lead: what is judged and goes on record. */
  readonly judged: string;
}

/** Of a message's or an edit's content. The error names, for people, what the line can't carry. */
export function wordsOf(content: JsonObject, able: Pick<Capabilities, 'formatting'>): Result<Words, string> {
  const rich = outboundRich(content);
  return rich.ok ? ok(wordsIn(rich.value, able)) : rich;
}

/** Of the caption that a file's content or its edit has. */
export function captionWords(content: JsonObject, able: Pick<Capabilities, 'formatting'>): Result<Words, string> {
  const rich = captionRich(content);
  return rich.ok ? ok(wordsIn(rich.value, able)) : rich;
}

export function wordsIn(rich: RichText, { formatting }: Pick<Capabilities, 'formatting'>): Words {
  const judged = toPlain(rich);
  if (formatting <= 0) return { text: judged, judged };
  return { text: rich.text, judged, ...(rich.marks.length === 0 ? {} : { marks: rich.marks }) };
}
