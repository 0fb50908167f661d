/** What an error may say of itself in a log or on the way out of the process. */
import { maskText } from './mask.ts';

const CAUSES = 4;
const STACK_MAX = 6000;

/** Name, message, stack and causes, masked and bounded. Takes whatever was thrown, and never throws itself. */
export function describeError(error: unknown): string {
  try {
    return maskText(chain(error, CAUSES), STACK_MAX);
  } catch {
    return 'an error that cannot be described';
  }
}

function chain(error: unknown, depth: number): string {
  if (!(error instanceof Error)) return typeof error === 'string' ? error : `thrown: ${typeof error}`;
  const own = error.stack ?? `${error.name}: ${error.message}`;
  if (error.cause === undefined || depth === 0) return own;
  return `${own}\ncaused by ${chain(error.cause, depth - 1)}`;
}
