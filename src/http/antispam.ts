/**
 * `/antispam/*` at the archive listener: what Synapse asks through synapse-http-antispam before an event or a membership
 * exists. A judgement is a JSON object, and nothing else here is JSON: the module takes whatever is for a decision, and goes
 * by its own fail mode where an answer is not. So a wrong secret or a wrong path never refuses everybody.
 */
import express, { Router, type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import type { Log, Metrics } from '../core/ports/log.ts';
import { Places } from '../core/places.ts';
import type { Presend, PresendAnswer, PresendHearing } from '../core/ports/presend.ts';
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
  readonly hearing?: PresendHearing;
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
function authenticate({ secret, metrics, hearing }: AntispamOptions): RequestHandler {
  return (request, response, next) => {
    const caller = callerOf(request.headers.authorization, secret);
    if (caller === 'homeserver') {
      next();
      return;
    }
    metrics.count('matrix_front_refused', { service: 'antispam', caller });
    hearing?.stranger();
    response.set('Connection', 'close');
    noJudgement(response, caller === 'nobody' ? 401 : 403);
  };
}

function answerPing({ hearing }: AntispamOptions): RequestHandler {
  return (request, response) => {
    const json = jsonIn(request.body);
    const id = json.ok ? pingIn(json.value) : undefined;
    if (id === undefined) {
      noJudgement(response, 400);
      return;
    }
    hearing?.pinged();
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
  else noJudgement(response.set('Connection', 'close'), 413);
};

function answerQuestion(options: AntispamOptions): RequestHandler<{ callback: string }> {
  return async (request, response) => {
    const json = jsonIn(request.body);
    if (!json.ok) {
      noJudgement(response, 400);
      return;
    }
    const answer = await answerTo(request, json.value, options);
    if (answer === undefined) noJudgement(response, 500);
    else response.status(answer.status).json(answer.body);
  };
}

/** Undefined for a trial. */
async function answerTo(
  { params: { callback } }: Pick<Request<{ callback: string }>, 'params'>,
  body: unknown,
  { presend, hearing, log }: AntispamOptions,
): Promise<PresendAnswer | undefined> {
  const asked = askedIn(callback, body);
  if (asked.is === 'question') {
    return hearing?.asked(asked.question) === true ? undefined : presend.ask(asked.question);
  }
  if (asked.is === 'not-ours') return ALLOWED;
  log.error('presend.not-understood', { callback });
  return presend.unjudged('not-understood');
}

const unknown: RequestHandler = (_request, response) => {
  noJudgement(response, 404);
};

const refuseMethod: RequestHandler<{ callback: string }> = (request, response, next) => {
  const { callback } = request.params;
  if (callback === 'ping' || isCallback(callback)) noJudgement(response.set('Allow', 'POST'), 405);
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
      noJudgement(response, failure.data.status);
      return;
    }
    log.error('presend.failed', {}, error);
    const { status, body } = presend.unjudged('failed');
    response.status(status).json(body);
  };
}

/** Plain words for whoever looks into it; the module reads no decision in them. */
function noJudgement(response: Response, status: keyof typeof words): void {
  response.status(status).type('text/plain').send(words[status]);
}

const words = {
  400: 'The body is not JSON, or did not arrive whole.',
  401: 'No secret was given.',
  403: 'This is not the secret of policy.presend.',
  404: 'Nothing is here.',
  405: 'Ask with POST.',
  413: 'A question may have 1 MB.',
  415: 'Send the body as it is, without compression.',
  500: 'This was a trial.',
} as const;
