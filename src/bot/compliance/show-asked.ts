/** What `!c show` is asked for: a record or an item, and with `--unmask` why it should be shown with its numbers. */
import type { Position } from '../../core/ids.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Misread } from '../command.ts';
import { plainTyping } from '../command-line.ts';
import { isItemTyped, itemTyped } from './item-typed.ts';
import { positionTyped } from './position-typed.ts';

export type ShowAsked = ({ readonly record: Position } | { readonly item: Position }) & {
  /** Why it is to be shown unmasked. */
  readonly unmask?: string;
};

/** As many characters as fit a phone's screen. */
const LONGEST_REASON = 500;
/** A phone makes one long dash of the two. */
const UNMASK = /^(.*?)\s*[-\u2010-\u2015\u2212]+\s*unmask\b:?\s*(.*)$/isu;

const example = (target: string): string => `!c show ${target} --unmask the customer disputes the amount`;

export function showAsked(rest: string): Result<ShowAsked, string | Misread> {
  const [, which, why] = UNMASK.exec(rest) ?? [];
  const target = targetTyped(which ?? rest);
  if (!target.ok || why === undefined) return target;
  const reason = plainTyping(why);
  const typed = plainTyping(which ?? '');
  if (reason === '') {
    return err({ what: 'Why? The reason is put on record, and the other officers read it.', example: example(typed) });
  }
  if (reason.length > LONGEST_REASON) {
    return err({ what: `The reason is longer than ${LONGEST_REASON} characters.`, example: example(typed) });
  }
  return ok({ ...target.value, unmask: reason });
}

const NEITHER = "That is neither a record's number (47903) nor an item's id (k4f).";

function targetTyped(typed: string): Result<{ readonly record: Position } | { readonly item: Position }, string> {
  if (isItemTyped(typed)) {
    const item = itemTyped(typed);
    return item.ok ? ok({ item: item.value }) : item;
  }
  const record = positionTyped(typed);
  if (record.ok) return ok({ record: record.value });
  return err(plainTyping(typed) === '' ? "Which? Give a record's number or an item's id." : NEITHER);
}
