/** What stands right beside a number says what it is not: a part of a word, an amount, a phone number, an order. */
import type { NumberSeen } from './number-seen.ts';

const wordCharacter = /[\p{L}\p{N}_@]/u;
const money = /[$€£¥₹%]/u;
/** Something counted by a shop or an office and not by a state: "order no. 046454286". */
const counted =
  /(?:order|ticket|issue|case|invoice|tracking|shipment|parcel|bestellung|auftrag|rechnung|sendung|commande|facture|colis|pedido|factura|ref)[ .:]{0,2}(?:no|nr|num|number|nummer|numero)?[ .:]{0,3}#?[ ]?$/u;
/** Separators that tie: what they join is one thing. */
const tie = /^[-/._:]$/u;
/** Right before a number: it is a part of an address or of a name; behind one a full stop is the end of the sentence. */
const tiedBefore = /[-/.&?]/u;
const tiedBehind = /[-/&=]/u;

/** It neither touches a letter or another digit nor goes on behind a hyphen, a slash or a dot. */
export function standsAlone(number: NumberSeen, folded: string): boolean {
  return (
    !gluedBefore(number, folded) && !gluedAfter(number, folded) && !tiedToMore(number) && !tiedToText(number, folded)
  );
}

/** `/0060081988/`, `-1030550301.a24b`, `page.html#85500802`. */
function tiedToText({ left, right, span, pieces }: NumberSeen, folded: string): boolean {
  const before = folded.charAt(span.start - 1);
  if (left === '' && (tiedBefore.test(before) || (before === '#' && pieces === 1))) return true;
  return right === '' && tiedBehind.test(folded.charAt(span.end));
}

export function gluedBefore(number: NumberSeen, folded: string): boolean {
  return number.left === '' && isOfWord(folded, number.span.start - 1);
}

export function gluedAfter(number: NumberSeen, folded: string): boolean {
  const { end } = number.span;
  if (number.right !== '') return false;
  const next = folded.charAt(end);
  return isOfWord(folded, end) || ((next === '.' || next === ',') && isDigit(folded.charAt(end + 1)));
}

/** Spaces are what stands there most often. */
function isOfWord(text: string, at: number): boolean {
  return text.charCodeAt(at) !== 0x20 && wordCharacter.test(text.charAt(at));
}

/** What stands between two groups of digits makes them one thing. */
export function ties(gap: string): boolean {
  return tie.test(gap);
}

/** The row of digits goes on in the same manner: `123 456 789` in `123 456 789 012`. */
function tiedToMore({ left, right, separators }: NumberSeen): boolean {
  return [left, right].some((outer) => outer !== '' && (tie.test(outer) || separators.includes(outer)));
}

/** A phone number's plus, a sum of money, what a shop counts. */
export function isSomethingElse({ span }: NumberSeen, folded: string): boolean {
  const before = folded.slice(Math.max(0, span.start - 40), span.start);
  const last = before.trimEnd().at(-1) ?? '';
  const next = folded
    .slice(span.end, span.end + 2)
    .trimStart()
    .charAt(0);
  return before.endsWith('+') || before.endsWith('+(') || money.test(last) || money.test(next) || counted.test(before);
}

/** One separator throughout: people mix them in lists, hardly ever inside one number. */
export function evenlyWritten({ separators }: NumberSeen): boolean {
  return separators.every((separator) => separator === separators[0]);
}

/** Digit by digit, or in disguise: nobody but who hides it writes a number so. Columns of figures are `spaced`, too. */
export function pulledApart(number: NumberSeen): boolean {
  const { written } = number.run;
  if (written === 'plain' || written === 'grouped') return false;
  return number.pieces === number.digits.length || (written !== 'spaced' && evenlyWritten(number));
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9';
}
