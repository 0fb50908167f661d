/**
 * An item's id as people type it: the position of its verdict, written in letters and digits that are not mistaken for
 * each other (no 0, 1, i, l, o), three of them or more: `k4f`.
 */
import { parsePosition, type BadId, type Position } from '../../core/ids.ts';
import { err, type Result } from '../../core/result.ts';

const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';
const LEAST = 3;
/** As many as the largest safe integer takes. */
const MOST = 11;

export function itemId(position: Position): string {
  let id = '';
  for (let left: number = position; left > 0; left = Math.floor(left / ALPHABET.length)) {
    id = ALPHABET.charAt(left % ALPHABET.length) + id;
  }
  return id.padStart(LEAST, ALPHABET.charAt(0));
}

/** Case doesn't matter. Each position has one id: another spelling of it is none. */
export function parseItemId(text: string): Result<Position, BadId> {
  const id = text.toLowerCase();
  const digits = Array.from(id, (char) => ALPHABET.indexOf(char));
  const bad = err({ what: 'item', got: text.slice(0, 80) });
  if (digits.length < LEAST || digits.length > MOST || digits.includes(-1)) return bad;
  const position = parsePosition(digits.reduce((sum, digit) => sum * ALPHABET.length + digit, 0));
  return position.ok && itemId(position.value) === id ? position : bad;
}
