/** A message as it goes over to the thread: what the engine would cut off is not copied. */
import { MOST_PIECES, MOST_UNITS } from '../engine/limits.ts';
import type { JudgedMessage } from '../message.ts';

/** One piece, and one unit of each, more than is judged: so that the engine sees that there was more, and says so. */
export function postedMessage(message: JudgedMessage): JudgedMessage {
  const pieces = message.pieces
    .slice(0, MOST_PIECES + 1)
    .map((piece) => (piece.text.length > MOST_UNITS ? { ...piece, text: piece.text.slice(0, MOST_UNITS + 1) } : piece));
  return { ...message, pieces };
}

/** UTF-16 units of its texts. */
export function weightOf({ pieces }: JudgedMessage): number {
  return pieces.reduce((sum, { text }) => sum + text.length, 0);
}
