/** `!c`, by which a desk is spoken to. */
import { parseCommand } from '../command-line.ts';

export function isForDesk(text: string): boolean {
  return parseCommand(text)?.name === 'c';
}
