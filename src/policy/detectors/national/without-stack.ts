/**
 * `stdnum` says why a number is none with an error, which it makes and never throws: the stack that each carries costs ten
 * times what the check costs, and nobody reads it.
 */
export function withoutStack<T>(work: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
