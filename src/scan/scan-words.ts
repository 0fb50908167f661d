/** What a scanner says, as it may stand on record and in a room: somebody else wrote it. */
import type { Scanned } from '../core/ports/scanner.ts';

const LONGEST = 100;

/** Printable ASCII on one line. */
export function scannerWords(text: string): string {
  return text
    .replace(/[^\x21-\x7e]+/gu, ' ')
    .trim()
    .slice(0, LONGEST);
}

export function failedToScan(detail: string, again: boolean): Scanned {
  return { result: 'failed', detail: scannerWords(detail), again };
}

/** A code where there is one: messages name hosts and paths, and ours do not. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'message' in error && typeof error.message === 'string' ? error.message : 'unknown';
}
