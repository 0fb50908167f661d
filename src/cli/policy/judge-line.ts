/** One line of `policy test`: `{id, text}` in, `{id, hits}` out, judged as the text of a message. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { parseJson } from '../../core/json.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { MOST_UNITS } from '../../policy/engine/limits.ts';
import type { MessageContext } from '../../policy/message.ts';
import { quotedIn } from '../../policy/normalise/quotes.ts';
import type { Finding, Judge } from '../../policy/verdict.ts';

/** Of one line, bytes: the longest text that is judged, every character of it escaped. */
export const MOST_LINE_BYTES = 1024 * 1024;

/** Offsets are UTF-16 units in the text as given, half-open. */
export interface LineHit {
  readonly rule: string;
  /** `card`, `lexicon:off-channel-en#12`, `pattern:0`: terms and patterns counted from 0 as written. */
  readonly detector: string;
  readonly start: number;
  readonly end: number;
  readonly confidence: number;
}

export interface JudgedLine {
  readonly id: string | number;
  readonly hits: readonly LineHit[];
}

/** Further keys, such as labels of a test set, are left alone. */
const shape = z.object({ id: z.union([z.string(), z.number()]), text: z.string() });

/** Or, in words, why the line can't be judged. */
export function judgeLine(line: string, judge: Judge, context: MessageContext): Result<JudgedLine, string> {
  const value = parseJson(line);
  if (value === undefined) return err('is not JSON');
  const given = shape.safeParse(value);
  if (!given.success) return err('is not {"id": ..., "text": "..."}');
  const { id, text } = given.data;
  if (text.length > MOST_UNITS) return err(`has a text of more than ${String(MOST_UNITS)} characters`);
  const content = createHash('sha256').update(text).digest('hex');
  const body = { what: 'body', text, quoted: quotedIn(text) } as const;
  const verdict = judge({ pieces: [body], unread: [], content }, context);
  if (verdict.failed !== undefined) return err(`can't be judged: the engine failed (${verdict.failed})`);
  return ok({ id, hits: verdict.hits.flatMap(({ findings }) => findings.map(hitOf)) });
}

function hitOf({ rule, by, span, confidence }: Finding): LineHit {
  return { rule, detector: nameOf(by), start: span.start, end: span.end, confidence };
}

function nameOf(by: Finding['by']): string {
  if ('detector' in by) return by.detector;
  return 'lexicon' in by ? `lexicon:${by.lexicon}#${String(by.term)}` : `pattern:${String(by.pattern)}`;
}
