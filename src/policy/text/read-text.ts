/** What one reader makes of a file. */
import type { Unreadable } from '../../core/policy-words.ts';

export type ReadText =
  | {
      readonly ok: true;
      /** At least as much as was asked for, where the file has it. */
      readonly text: string;
      /** The file says more than this. */
      readonly cut: boolean;
      /** Why some of it could not be read. */
      readonly unread?: Unreadable;
    }
  | { readonly ok: false; readonly why: Unreadable };

export function unreadable(why: Unreadable): ReadText {
  return { ok: false, why };
}
