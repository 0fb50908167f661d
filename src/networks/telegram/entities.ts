/** A text that came with its entities, of which some may be of a kind or a form that is not known here. */
import type { RichText } from '../../core/rich-text.ts';
import { fromTelegram, telegramEntity } from '../text/telegram.ts';

export function richTextOf(text: string, entities: unknown): RichText {
  const given: readonly unknown[] = Array.isArray(entities) ? entities : [];
  return fromTelegram(
    text,
    given.flatMap((entity) => telegramEntity.safeParse(entity).data ?? []),
  );
}
