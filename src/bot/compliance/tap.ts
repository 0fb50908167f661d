/** A tap: ✅ or ❌ as somebody's reaction to a message. */
import { z } from 'zod';
import type { MatrixEvent } from '../../core/entry.ts';
import { parseEventId, type EventId } from '../../core/ids.ts';

export const YES = '✅';
export const NO = '❌';

export interface Tap {
  readonly on: EventId;
  readonly says: 'yes' | 'no';
}

const reaction = z.object({
  'm.relates_to': z.object({ rel_type: z.literal('m.annotation'), event_id: z.unknown(), key: z.string() }),
});
/** Some keyboards add it: "show this as an emoji". */
const VARIATION = /\ufe0f/gu;

/** Undefined for any other event, and for other reactions. */
export function tapIn(event: MatrixEvent): Tap | undefined {
  const { on, plain } = reactionIn(event) ?? {};
  if (on === undefined || (plain !== YES && plain !== NO)) return undefined;
  return { on, says: plain === YES ? 'yes' : 'no' };
}

/** What people tap who mean a decision; in any colour of skin. */
const THUMB = /^(?:👍|👎|👌|✔|☑|✓|✖|❎|🆗|🚫)\p{Emoji_Modifier}?$/u;

/** What somebody put a thumb on, or another sign that looks like a decision and is none. */
export function thumbOn(event: MatrixEvent): EventId | undefined {
  const { on, plain = '' } = reactionIn(event) ?? {};
  return THUMB.test(plain) ? on : undefined;
}

function reactionIn({ type, content, state_key }: MatrixEvent): { on: EventId; plain: string } | undefined {
  if (type !== 'm.reaction' || state_key !== undefined) return undefined;
  const read = reaction.safeParse(content);
  if (!read.success) return undefined;
  const { event_id, key } = read.data['m.relates_to'];
  const on = parseEventId(event_id);
  return on.ok ? { on: on.value, plain: key.replace(VARIATION, '') } : undefined;
}
