/** The files that we send by a link, at `/webhooks/<connector id>?file=<word>`, for whoever has the word. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Express, Request, Response } from 'express';
import type { ConnectorId } from '../core/ids.ts';
import { Places } from '../core/places.ts';
import type { Log } from '../core/ports/log.ts';
import { JournalDown } from '../core/ports/recorder.ts';
import type { FollowedLink, LinkedFile } from '../core/ports/webhook.ts';
import { comeAgain, notNow } from './come-again.ts';

export interface FileDoor {
  readonly connector: ConnectorId;
  /** Undefined for a connector that nobody calls: it has no files here. */
  readonly webhookOf: (connector: ConnectorId) => unknown;
  readonly follow: (connector: ConnectorId, word: string) => Promise<FollowedLink>;
  readonly log: Log;
}

/** Files of one connector that are given at a time: apart from what it brings, so that a slow reader holds up no message. */
const MAX_FILES = 32;

/** A word that is none of ours 401; one that is over, or whose file is erased, 410; when it can't be looked up now 503. */
export function addFileRoute(app: Express, path: string, door: FileDoor): void {
  const places = new Places(MAX_FILES);
  app.get(path, async (request, response, next) => {
    const { file: word } = request.query;
    if (typeof word !== 'string' || door.webhookOf(door.connector) === undefined) {
      next();
      return;
    }
    const leave = places.take();
    if (leave === undefined) {
      comeAgain(response, 'busy');
      return;
    }
    response.once('close', leave);
    await answer(word, door, { request, response });
  });
}

interface Asked {
  readonly request: Request;
  readonly response: Response;
}

async function answer(word: string, { connector, follow, log }: FileDoor, asked: Asked): Promise<void> {
  const { response } = asked;
  try {
    const followed = await follow(connector, word);
    if (followed.is === 'file') await give(followed.file, asked);
    else response.status(followed.is === 'gone' ? 410 : 401).end();
  } catch (error) {
    const down = error instanceof JournalDown;
    if (!down) log.error('webhook.file-failed', { connector }, error);
    notNow(response, down ? 503 : 500, 'try again');
  }
}

/** Never shown as a page of ours, whatever its type: it is something to keep. */
async function give({ name, type, size, open }: LinkedFile, { request, response }: Asked): Promise<void> {
  // Not by express's `set`, which says of every text that it is UTF-8.
  response.attachment(name).setHeader('Content-Type', type);
  response.setHeader('Content-Length', size);
  // A word leads to one customer's file until its time is over, and not longer than its record.
  response.setHeader('Cache-Control', 'private, no-store');
  if (request.method === 'HEAD') response.end();
  else await pipeline(Readable.from(open(), { objectMode: false }), response);
}
