/**
 * `/antispam/*` at the archive listener: what Synapse asks through synapse-http-antispam before an event or a membership
 * exists. Every answer is a JSON object: anything else the module takes for a broken server, and logs with the event's text.
 */
import express, { Router, type ErrorRequestHandler, type Request, type RequestHandler } from 'express';
import { z } from 'zod';
import type { Log, Metrics } from '../core/ports/log.ts';
import { Places } from '../core/places.ts';
import type { Presend, PresendAnswer } from '../core/ports/presend.ts';
import { callerOf } from '../matrix/bearer.ts';
import { askedIn, isCallback, jsonIn, pingIn } from './antispam-questions.ts';

export const ANTISPAM_PATH = '/antispam';

/** Bytes: an event has at most 64 KiB. */
const MAX_BODY = 1024 * 1024;
/** Questions that are read or judged at a time; Synapse asks one a room, and one more for each invite and join. */
const MAX_QUESTIONS = 64;

export interface AntispamOptions {
  /** What the module proves itself with: `policy.presend.secret`. */
  readonly secret: string;
  readonly presend: Presend;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Told of each ping: the module pings when Synapse starts. Never throws. */
  readonly pinged?: () => void;
}

const ALLOWED: PresendAnswer = { status: 200, body: {} };

/** To be mounted at `ANTISPAM_PATH`; it authenticates by itself and answers whatever is asked below it. */
export function antispamHandler(options: AntispamOptions): RequestHandler {
  const router = Router({ caseSensitive: true, strict: true });
  const body = [refuseTooLarge, express.raw({ type: () => true, limit: MAX_BODY, inflate: false })];
  router.use(authenticate(options));
  router.post('/ping', body, answerPing(options));
  router.post('/:callback', refuseUnknown, oneOfMany(options), body, answerQuestion(options));
  router.all('/:callback', refuseMethod);
  router.use(unknown);
  router.use(answerError(options));
  return router;
}

/** Before the body is read: a stranger's bytes are not worth a buffer. */
function authenticate({ secret, metrics }: AntispamOptions): RequestHandler {
  return (request, response, next) => {
    const caller = callerOf(request.headers.authorization, secret);
    if (caller === 'homeserver') {
      next();
      return;
    }
    metrics.count('matrix_front_refused', { service: 'antispam', caller });
    response.set('Connection', 'close');
    if (caller === 'nobody') response.status(401).json(refusals[401]);
    else response.status(403).json(refusals[403]);
  };
}

function answerPing({ pinged }: AntispamOptions): RequestHandler {
  return (request, response) => {
    const json = jsonIn(request.body);
    const id = json.ok ? pingIn(json.value) : undefined;
    if (id === undefined) {
      response.status(400).json(refusals[400]);
      return;
    }
    pinged?.();
    response.json({ id, status: 'ok' });
  };
}

const refuseUnknown: RequestHandler<{ callback: string }> = (request, response, next) => {
  if (isCallback(request.params.callback)) next();
  else unknown(request, response, next);
};

/** More at a time are not ours to hold: whoever asks would hold a room for as long. */
function oneOfMany({ presend }: AntispamOptions): RequestHandler {
  const places = new Places(MAX_QUESTIONS);
  return (_request, response, next) => {
    const leave = places.take();
    if (leave === undefined) {
      const { status, body } = presend.unjudged('too-many');
      // The body that is on its way is not read: the connection ends with it.
      response.set('Connection', 'close').status(status).json(body);
      return;
    }
    response.once('close', leave);
    next();
  };
}

/** Answered at once: express.raw would first read it all. One without a length is cut off by express.raw. */
const refuseTooLarge: RequestHandler = (request, response, next) => {
  if (Number(request.headers['content-length'] ?? 0) <= MAX_BODY) next();
  else response.set('Connection', 'close').status(413).json(refusals[413]);
};

function answerQuestion(options: AntispamOptions): RequestHandler<{ callback: string }> {
  return async (request, response) => {
    const json = jsonIn(request.body);
    if (!json.ok) {
      response.status(400).json(refusals[400]);
      return;
    }
    const { status, body } = await answerTo(request, json.value, options);
    response.status(status).json(body);
  };
}

async function answerTo(
  { params: { callback } }: Pick<Request<{ callback: string }>, 'params'>,
  body: unknown,
  { presend, log }: AntispamOptions,
): Promise<PresendAnswer> {
  const asked = askedIn(callback, body);
  if (asked.is === 'question') return presend.ask(asked.question);
  if (asked.is === 'not-ours') return ALLOWED;
  log.error('presend.not-understood', { callback });
  return presend.unjudged('not-understood');
}

const unknown: RequestHandler = (_request, response) => {
  response.status(404).json(refusals[404]);
};

const refuseMethod: RequestHandler<{ callback: string }> = (request, response, next) => {
  const { callback } = request.params;
  if (callback === 'ping' || isCallback(callback)) response.set('Allow', 'POST').status(405).json(refusals[405]);
  else unknown(request, response, next);
};

/** What express.raw throws. */
const failureShape = z.object({ status: z.union([z.literal(400), z.literal(413), z.literal(415)]) });

function answerError({ presend, log }: AntispamOptions): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    response.set('Connection', 'close');
    const failure = failureShape.safeParse(error);
    if (failure.success) {
      response.status(failure.data.status).json(refusals[failure.data.status]);
      return;
    }
    log.error('presend.failed', {}, error);
    const { status, body } = presend.unjudged('failed');
    response.status(status).json(body);
  };
}

const refusals = {
  400: { errcode: 'M_NOT_JSON', error: 'The body is not JSON, or did not arrive whole.' },
  401: { errcode: 'M_MISSING_TOKEN', error: 'No token was given.' },
  403: { errcode: 'M_FORBIDDEN', error: 'This is not the secret of policy.presend.' },
  404: { errcode: 'M_NOT_FOUND', error: 'Nothing is here.' },
  405: { errcode: 'M_UNRECOGNIZED', error: 'Ask with POST.' },
  413: { errcode: 'M_TOO_LARGE', error: 'A question may have 1 MB.' },
  415: { errcode: 'M_NOT_JSON', error: 'Send the body as it is, without compression.' },
} as const;
