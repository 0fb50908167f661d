/**
 * Where the homeserver brings its transactions: the HTTP around `receive.ts`, which answers after the commit. The Matrix
 * library sees the events afterwards, for its caches; nothing it does changes the answer.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from 'express';
import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { Places } from '../core/places.ts';
import { callerOf } from './bearer.ts';
import { createReceiver, refusals, type ReceiverOptions } from './receive.ts';

/** Bytes: Synapse sends at most 100 events of 64 KiB, with what it adds to each. */
const MAX_BODY = 64 * 1024 * 1024;
/** Bodies that are read or recorded at a time: Synapse brings one, and a second one after a timeout of its own. */
const MAX_BODIES = 4;
const RETRY_AFTER_SECONDS = '5';
const HEADERS_TIMEOUT_MS = 10_000;
/** Synapse gives up after 60 s. */
const REQUEST_TIMEOUT_MS = 60_000;
/**
 * Synapse keeps a connection for two minutes and uses it again without asking (http/client.py, HTTPConnectionPool): one
 * that we had closed first would cost it the transaction, and make it take us for down.
 */
const KEEP_ALIVE_MS = 150_000;
const STOP_WITHIN_MS = 5_000;

/** The library's share: it sees what is on record, and answers what only it is asked. */
export interface Afterwards {
  /** Third-party lookups: the library's own Express. */
  readonly lookups?: RequestHandler;
  /** Never throws, never waits. */
  see(events: readonly unknown[], ephemeral: readonly unknown[]): void;
}

export interface FrontOptions extends ReceiverOptions {
  readonly listen: { readonly host: string; readonly port: number };
  /** What the homeserver shows us. */
  readonly token: string;
  readonly afterwards?: Afterwards;
  /** Told of each transaction's id before anything of it is on record; never throws. */
  readonly brings?: (id: string) => void;
  /** Told of the events of each transaction that is on record; never throws. */
  readonly took?: (events: readonly unknown[]) => void;
  /** What else is answered here: below `path`, by a handler that authenticates by itself and leaves nothing unanswered. */
  readonly also?: { readonly path: string; readonly handler: RequestHandler };
}

export interface Front {
  /** The port it listens on: of interest where 0 was asked for. */
  readonly port: number;
  /** Takes nothing new, lets what is under way finish within 5 s, closes. */
  stop(): Promise<void>;
}

/** @throws Error naming address and cause when it can't listen. */
export async function startFront(options: FrontOptions): Promise<Front> {
  const server = createServer(frontApp(options));
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const { host, port } = options.listen;
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Error(`cannot listen on ${host}:${String(port)} for the ${options.service} appservice`, { cause: error });
  }
  return { port: portOf(server.address()), stop: () => stop(server, options.clock) };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

async function stop(server: Server, clock: Clock): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const cancel = clock.after(STOP_WITHIN_MS, () => {
    server.closeAllConnections();
  });
  await closed;
  cancel();
}

function frontApp(options: FrontOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  const authenticated = authenticate(options);
  const body = express.raw({ type: () => true, limit: MAX_BODY, inflate: false });
  app.put(
    '/_matrix/app/v1/transactions/:txnId',
    authenticated,
    refuseTooLarge,
    oneOfFew(),
    body,
    takeTransaction(options),
  );
  app.post('/_matrix/app/v1/ping', authenticated, (_request, response) => {
    response.json({});
  });
  // Users and rooms exist before anyone can ask for them: nothing is made because it was looked up.
  app.get(['/_matrix/app/v1/users/:user', '/_matrix/app/v1/rooms/:alias'], authenticated, unknownRoute);
  const lookups = options.afterwards?.lookups;
  if (lookups !== undefined) app.get('/_matrix/app/v1/thirdparty/{*what}', authenticated, lookups);
  if (options.also !== undefined) app.use(options.also.path, options.also.handler);
  app.use(unknownRoute);
  app.use(answerError(options));
  return app;
}

const unknownRoute: RequestHandler = (_request, response) => {
  response.status(404).json({ errcode: 'M_NOT_FOUND', error: 'Nothing is here.' });
};

/** What express.raw throws. */
const refusalShape = z.object({ status: z.number().int().min(400).max(599) });

/** Before the body is read: a stranger's bytes are not worth a buffer. */
function authenticate(options: FrontOptions): RequestHandler {
  return (request, response, next) => {
    const caller = callerOf(request.headers.authorization, options.token);
    if (caller === 'homeserver') {
      next();
      return;
    }
    options.metrics.count('matrix_front_refused', { service: options.service, caller });
    response.set('Connection', 'close');
    if (caller === 'nobody') response.status(401).json({ errcode: 'M_MISSING_TOKEN', error: 'No token was given.' });
    else response.status(403).json({ errcode: 'M_FORBIDDEN', error: 'This is not the token of the registration.' });
  };
}

/** More at a time are not ours to buffer: the homeserver comes again. */
function oneOfFew(): RequestHandler {
  const places = new Places(MAX_BODIES);
  return (_request, response, next) => {
    const leave = places.take();
    if (leave === undefined) {
      response.set({ 'Retry-After': RETRY_AFTER_SECONDS, Connection: 'close' }).status(503).json(refusals[503]);
      return;
    }
    response.once('close', leave);
    next();
  };
}

/** Answered at once: express.raw would first read it all. One without a length is cut off by express.raw. */
const refuseTooLarge: RequestHandler = (request, response, next) => {
  if (Number(request.headers['content-length'] ?? 0) <= MAX_BODY) {
    next();
    return;
  }
  response.set('Connection', 'close').status(413).json(answers[413]);
};

function takeTransaction(options: FrontOptions): RequestHandler<{ txnId: string }> {
  const receive = createReceiver(options);
  return async (request, response) => {
    options.brings?.(request.params.txnId);
    const answer = await receive({ id: request.params.txnId, body: bytesOf(request) });
    if (answer.status >= 500) response.set('Retry-After', RETRY_AFTER_SECONDS);
    response.status(answer.status).json(answer.body);
    const { recorded } = answer;
    if (recorded === undefined) return;
    const events = recorded.events.map((event) => event.value);
    options.took?.(events);
    options.afterwards?.see(events, recorded.ephemeral);
  };
}

/** `express.raw` leaves another type where the request had no body. */
function bytesOf(request: Pick<Request, 'body'>): Uint8Array {
  const body: unknown = request.body;
  return body instanceof Uint8Array ? body : new Uint8Array();
}

function answerError(options: FrontOptions): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const status = statusOf(error);
    if (status >= 500) response.set('Retry-After', RETRY_AFTER_SECONDS);
    // A peer that sent too much is still sending; only a closed connection ends that.
    response.set('Connection', 'close');
    response.status(status).json(answers[status] ?? answers[500]);
    options.log.error('matrix.transaction-refused', { service: options.service, status }, error);
  };
}

const answers: Readonly<Record<number, { readonly errcode: string; readonly error: string }>> = {
  400: { errcode: 'M_NOT_JSON', error: 'The body did not arrive whole.' },
  413: { errcode: 'M_TOO_LARGE', error: 'A transaction may have 64 MB.' },
  415: { errcode: 'M_NOT_JSON', error: 'Send the body as it is, without compression.' },
  ...refusals,
};

/** What the reading of a body, or an answer of the library's lookups, failed with. */
function statusOf(error: unknown): number {
  const refusal = refusalShape.safeParse(error);
  return refusal.success ? refusal.data.status : 500;
}
