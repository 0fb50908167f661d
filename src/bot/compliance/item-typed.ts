/** An item's id as people type it: `k4f`, `K4F`, `item 234`. */
import type { Position } from '../../core/ids.ts';
import { err, type Result } from '../../core/result.ts';
import { parseItemId } from '../../policy/verdicts/item-id.ts';
import { plainTyping } from '../command-line.ts';

const ITEM = /^item\s+/iu;

export function itemTyped(rest: string): Result<Position, string> {
  const typed = plainTyping(rest).replace(ITEM, '');
  if (typed === '') return err('Which item? Give its id.');
  const verdict = parseItemId(typed);
  return verdict.ok ? verdict : err("That isn't an item's id.");
}

/** What a record's number can't be: digits alone are one, unless `item` stands before them. */
export function isItemTyped(rest: string): boolean {
  const typed = plainTyping(rest);
  return ITEM.test(typed) || (/[a-z]/iu.test(typed) && parseItemId(typed).ok);
}
