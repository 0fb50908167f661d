/** WhatsApp's marks (`*bold*` and the like) as marks over words, and back. */
import type { MessageContent } from '../../core/network-entries.ts';
import type { Mark } from '../../core/rich-text.ts';
import { fromWhatsApp, toWhatsApp } from '../text/whatsapp.ts';

export function wordsFrom(text: string): Pick<MessageContent, 'text' | 'marks'> {
  const rich = fromWhatsApp(text);
  return rich.marks.length === 0 ? { text: rich.text } : rich;
}

export function wordsTo(message: { readonly text: string; readonly marks?: readonly Mark[] }): string {
  return toWhatsApp({ text: message.text, marks: message.marks ?? [] });
}
