/** Lines of a stream of bytes, one after the other, in memory that a line without an end can't exhaust. */
import { utf8Text } from '../../policy/rules/utf8.ts';

export interface BoundedLine {
  /** From 1. */
  readonly number: number;
  /** Without its end; undefined where it is longer than asked for, or no UTF-8. */
  readonly text: string | undefined;
}

const NEWLINE = 0x0a;

/** A line is at most `most` bytes. A last line without an end is a line; nothing after a last end is none. */
export async function* boundedLines(bytes: AsyncIterable<Buffer>, most: number): AsyncGenerator<BoundedLine> {
  let number = 1;
  let held: Buffer[] = [];
  let size = 0;
  const take = (piece: Buffer): void => {
    size += piece.length;
    if (size <= most) held.push(piece);
    else held = [];
  };
  const end = (): BoundedLine => {
    const line = { number, text: size > most ? undefined : utf8Text(Buffer.concat(held)) };
    number += 1;
    held = [];
    size = 0;
    return line;
  };
  for await (const chunk of bytes) {
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
      take(chunk.subarray(from, to));
      from = to + 1;
      yield end();
    }
    take(chunk.subarray(from));
  }
  if (size > 0) yield end();
}
