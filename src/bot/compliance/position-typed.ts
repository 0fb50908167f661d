/** A record's position as people type it: `47903`, `47,903`, `#47 903`. */
import { parsePosition, type Position } from '../../core/ids.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { plainTyping } from '../command-line.ts';

export function positionTyped(rest: string): Result<Position, string> {
  const typed = plainTyping(rest).replace(/^#/u, '');
  if (typed === '') return err('Which record? Give its number.');
  const digits = /^\d[\d ,.']*$/u.test(typed) ? typed.replace(/[ ,.']/gu, '') : '';
  const position = parsePosition(digits === '' ? undefined : Number(digits));
  return position.ok ? ok(position.value) : err("That isn't a record's number.");
}
