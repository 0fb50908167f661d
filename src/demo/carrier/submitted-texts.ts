/** The text of what clients submit, and of long ones the whole once all parts are in. */
import type { DataSm, ShortMessage } from '../../networks/smpp/codec/pdu.ts';
import { contentOf, type Content } from '../../networks/smpp/message-parts.ts';
import { decodeParts } from '../../networks/smpp/text/decode-text.ts';

const maxOpen = 1_000;

export class SubmittedTexts {
  readonly #open = new Map<string, Map<number, Content>>();

  /** This PDU's own text, and the whole one when this was the last part missing. */
  add(pdu: ShortMessage | DataSm): { readonly text: string; readonly whole: string | undefined } {
    const content = contentOf(pdu);
    const text = textOf([content]);
    const { concat } = content;
    if (concat === undefined) return { text, whole: text };
    const key = JSON.stringify([pdu.source.value, pdu.destination.value, concat.width, concat.reference, concat.total]);
    const parts = this.#open.get(key) ?? new Map<number, Content>();
    this.#open.set(key, parts.set(concat.sequence, content));
    if (parts.size < concat.total) {
      const [oldest] = this.#open.keys();
      if (this.#open.size > maxOpen && oldest !== undefined) this.#open.delete(oldest);
      return { text, whole: undefined };
    }
    this.#open.delete(key);
    const ordered = Array.from(parts).sort(([a], [b]) => a - b);
    return { text, whole: textOf(ordered.map(([, part]) => part)) };
  }
}

function textOf(parts: readonly Content[]): string {
  return decodeParts(parts, 'gsm')
    .map((one) => ('text' in one ? one.text : `[binary, ${one.binary} octets]`))
    .join('');
}
