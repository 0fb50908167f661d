/** What a caller is told that is to come again. */
import type { Response } from 'express';

const RETRY_AFTER_S = 5;

/** A provider that calls faster than we can record, or before we are ready. */
export function comeAgain(response: Response, error: string): void {
  response
    .status(503)
    .set({ 'Retry-After': String(RETRY_AFTER_S), Connection: 'close' })
    .json({ error });
}

/** It went wrong on our side. A file that broke off: whoever fetches it sees fewer bytes than were announced. */
export function notNow(response: Response, status: 500 | 503, error: string): void {
  if (response.headersSent || response.destroyed) response.destroy();
  else response.status(status).set('Retry-After', String(RETRY_AFTER_S)).json({ error });
}
