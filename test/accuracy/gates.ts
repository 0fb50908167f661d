/** What has to hold. The tests ask the same of fewer texts. */
import type { ChatFigures } from './chat-figures.ts';
import type { MailFigures } from './mail-figures.ts';
import { precision, recall } from './tally.ts';
import type { VectorFigures } from './vector-figures.ts';

/** Those with a check digit, of which chats are made. */
const withCheckDigit = /^(?:card|iban|aba|medical|crypto|id-(?!gb))/u;

export function hasCheckDigit(kind: string): boolean {
  return withCheckDigit.test(kind);
}

/** Everything that is wrongly found counts, also what stands at the place of another kind's value. */
export function chatBreaches({ byKind }: ChatFigures): readonly string[] {
  const breaches: string[] = [];
  for (const [kind, { named }] of byKind) {
    if (!hasCheckDigit(kind) || named.found + named.missed === 0) continue;
    const right = precision(named).share;
    const all = recall(named).share;
    if (right < 0.99) breaches.push(`${kind}: precision ${right.toFixed(4)} is under 0.99`);
    if (all < 0.99) breaches.push(`${kind}: recall ${all.toFixed(4)} is under 0.99`);
  }
  return breaches;
}

export function vectorBreaches(figures: ReadonlyMap<string, VectorFigures>): readonly string[] {
  return [...figures.values()].flatMap(({ surprises }) => surprises);
}

export function mailBreaches(ham: MailFigures): readonly string[] {
  if (ham.flagged * 1000 < ham.mails) return [];
  return [`${String(ham.flagged)} of ${String(ham.mails)} ham mails are flagged, 1 in 1,000 or more`];
}
