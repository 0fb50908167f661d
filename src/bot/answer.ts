/** What a command answers: short plain lines that read well on a phone, and the same for programs. */
import type { AnswerCode, Data } from '../core/entry.ts';
import type { Position } from '../core/ids.ts';

export interface AnswerFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface Answer {
  readonly code: AnswerCode;
  /** Plain lines; no tables. */
  readonly text: string;
  /** The same with a little form, already escaped: only a, b, em, code, ul, ol, li, pre, blockquote, p, br (Element X). */
  readonly html?: string;
  /** What tests and programs read instead of the words. Never message text. */
  readonly data?: Data;
  /** The records it quotes: the answer goes when they are erased. */
  readonly positions?: readonly Position[];
  readonly file?: AnswerFile;
  /** True for what the person must notice: then it sounds. */
  readonly urgent?: boolean;
  /** Answer by this reaction alone. */
  readonly reaction?: string;
  /** Called once the answer is in the room. */
  readonly sent?: () => void;
}

export function answered(text: string, more: Partial<Answer> = {}): Answer {
  return { code: 'ok', text, ...more };
}

/** The command was understood, but can't be done; `text` says why and what to do. */
export function refused(code: Exclude<AnswerCode, 'ok'>, text: string, more: Partial<Answer> = {}): Answer {
  return { code, text, ...more };
}
