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

/** Findings called by another kind's name aside: the number that they stand on was to be found. */
export function chatBreaches({ byKind }: ChatFigures): readonly string[] {
  const breaches: string[] = [];
  for (const [kind, { named, wrongKind }] of byKind) {
    if (!hasCheckDigit(kind) || named.found + named.missed === 0) continue;
    const right = precision({ ...named, wrong: named.wrong - wrongKind }).share;
    const all = recall(named).share;
    if (right < 0.99) breaches.push(`${kind}: precision ${right.toFixed(4)} is under 0.99`);
    if (all < 0.99) breaches.push(`${kind}: recall ${all.toFixed(4)} is under 0.99`);
  }
  return breaches;
}

/**
 * stdnum takes these; as numbers of persons in a message they are not looked for: numbers of companies (Latvia, Russia),
 * numbers given out before a check digit was (Czechia), Dutch ones without their leading zero, and writings of nobody.
 */
const leftOut = new Set(
  ['ch/ssn 75692170769 85', 'nl/bsn 40645678', 'lv/pvn LV 4000 3521 600'].concat([
    'cz/rc 991231123',
    'ru/inn 1234567894',
    'in/pan ACUPA7085R',
    'gb/nino HH012345',
  ]),
);

export function vectorBreaches(figures: ReadonlyMap<string, VectorFigures>): readonly string[] {
  return [...figures.values()]
    .flatMap(({ surprises }) => surprises)
    .filter((surprise) => !leftOut.has(surprise.replace(/ missed: /u, ' ')));
}

export function mailBreaches(ham: MailFigures): readonly string[] {
  if (ham.flagged * 1000 < ham.mails) return [];
  return [`${String(ham.flagged)} of ${String(ham.mails)} ham mails are flagged, 1 in 1,000 or more`];
}
