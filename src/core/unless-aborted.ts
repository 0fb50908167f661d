/** What is asked of somebody else may hang: whoever is told to stop does not wait for it. */

/** What `promise` gives, or undefined once `signal` is aborted; what comes after that is nobody's. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const aborted = Promise.withResolvers<undefined>();
  const stop = (): void => {
    aborted.resolve(undefined);
  };
  signal.addEventListener('abort', stop);
  try {
    if (signal.aborted) stop();
    return await Promise.race([aborted.promise, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
