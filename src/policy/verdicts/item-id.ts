/**
 * An item's id as people type it: the position of its verdict, written in letters and digits that are not mistaken for
 * each other (no 0, 1, i, l, o), three of them or more, a letter among them: `k4f`. What would be digits alone could be
 * taken for a record's number: its first digit is told by a letter behind a 2, where no other id has one: `2b22` for 322.
 */
import { parsePosition, type BadId, type Position } from '../../core/ids.ts';
import { err, type Result } from '../../core/result.ts';

const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';
const LEAST = 3;
/** As many as the largest safe integer takes. */
const MOST = 11;

/** By the digit: 2 to 9. */
const LETTERS = ALPHABET.slice(8, 16);
const DIGITS_ALONE = /^[2-9]+$/u;
const LETTERED = /^2([a-h])([2-9]{2,})$/u;

export function itemId(position: Position): string {
  const id = plainId(position);
  return DIGITS_ALONE.test(id) ? `2${LETTERS.charAt(Number(id.charAt(0)) - 2)}${id.slice(1)}` : id;
}

function plainId(position: Position): string {
  let id = '';
  for (let left: number = position; left > 0; left = Math.floor(left / ALPHABET.length)) {
    id = ALPHABET.charAt(left % ALPHABET.length) + id;
  }
  return id.padStart(LEAST, ALPHABET.charAt(0));
}

/** Case doesn't matter. Digits alone are read as well: older cards name some items so. Any other spelling is none. */
export function parseItemId(text: string): Result<Position, BadId> {
  const [, letter, rest] = LETTERED.exec(text.toLowerCase()) ?? [];
  const id = letter === undefined ? text.toLowerCase() : `${String(LETTERS.indexOf(letter) + 2)}${rest ?? ''}`;
  const digits = Array.from(id, (char) => ALPHABET.indexOf(char));
  const bad = err({ what: 'item', got: text.slice(0, 80) });
  if (digits.length < LEAST || digits.length > MOST || digits.includes(-1)) return bad;
  const position = parsePosition(digits.reduce((sum, digit) => sum * ALPHABET.length + digit, 0));
  return position.ok && plainId(position.value) === id ? position : bad;
}
