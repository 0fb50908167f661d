/** The one door that providers on the internet may come through: `/webhooks/<connector id>` and nothing else. */
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { ConnectorId } from '../core/ids.ts';
import { Places } from '../core/places.ts';
import type { Log, Metrics } from '../core/ports/log.ts';
import { JournalDown } from '../core/ports/recorder.ts';
import { listen, plainApp, type Address, type Listener } from './listener.ts';
import type { Webhook, WebhookAnswer, WebhookBody, WebhookMethod } from '../core/ports/webhook.ts';
import { comeAgain, notNow } from './come-again.ts';
import { addFileRoute, type FileDoor } from './file-door.ts';

export interface WebhookOptions {
  readonly at: Address;
  /** Every connector of the config. */
  readonly connectors: readonly ConnectorId[];
  /** `starting`: it isn't made yet; undefined where nobody calls it. */
  readonly webhookOf: (connector: ConnectorId) => Webhook | 'starting' | undefined;
  /** The files that providers fetch. */
  readonly follow: FileDoor['follow'];
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Of any body, in bytes; each webhook has its own limit below. */
const LARGEST = 32 * 1024 * 1024;
/** Bodies of one connector that are read or recorded at a time. */
const MAX_BODIES = 32;
const STATUS: Readonly<Record<WebhookAnswer['to'], number>> = {
  accepted: 200,
  'bad-signature': 401,
  replay: 403,
  refused: 403,
  'not-understood': 400,
  'not-yet': 503,
};

/**
 * Unknown connector 404, other method 405, too large 413, compressed 415, bad signature 401, replay 403, journal down
 * 503 with Retry-After. @throws Error in words when the address can't be listened at.
 */
export async function startWebhookListener(options: WebhookOptions): Promise<Listener> {
  const app = plainApp();
  for (const connector of options.connectors) addRoute(app, { ...options, connector });
  return listen(app, { at: options.at, setting: 'listen.webhooks', log: options.log });
}

interface Route extends WebhookOptions {
  readonly connector: ConnectorId;
}

function addRoute(app: Express, route: Route): void {
  const { connector, metrics, webhookOf } = route;
  const places = new Places(MAX_BODIES);
  const path = `/webhooks/${connector}`;
  app.all(path, (_request, response, next) => {
    response.once('finish', () => {
      metrics.count('webhook_requests', { connector, status: String(response.statusCode) });
    });
    next();
  });
  addFileRoute(app, path, route);
  app.all(
    path,
    (request, response, next) => {
      const webhook = webhookOf(connector);
      if (webhook === undefined) next('route');
      else if (webhook === 'starting') comeAgain(response, 'starting');
      else if (methodOf(webhook, request) === undefined) refuseMethod(webhook, response);
      // The body parser would first read all that is announced.
      else if (Number(request.headers['content-length'] ?? 0) > webhook.maxBytes) next({ status: 413 });
      else enter(places, response, next);
    },
    express.raw({ type: () => true, limit: LARGEST, inflate: false }),
    async (request, response, next) => {
      const webhook = webhookOf(connector);
      if (webhook === undefined || webhook === 'starting') next('route');
      else await handle({ ...route, webhook }, request, response);
    },
  );
}

function enter(places: Places, response: Response, next: NextFunction): void {
  const leave = places.take();
  if (leave === undefined) {
    comeAgain(response, 'busy');
    return;
  }
  response.once('close', leave);
  next();
}

/** HEAD is asked as GET is, and its answer has no body (RFC 9110, 9.3.2). */
function methodOf(webhook: Webhook, request: Request): WebhookMethod | undefined {
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  return webhook.methods.find((known) => known === method);
}

function refuseMethod(webhook: Webhook, response: Response): void {
  response
    .status(405)
    .set({ Allow: webhook.methods.join(', '), Connection: 'close' })
    .json({ error: 'method' });
}

async function handle(
  { webhook, connector, log }: Route & { readonly webhook: Webhook },
  request: Request,
  response: Response,
): Promise<void> {
  const { headers, originalUrl: target } = request;
  const method = methodOf(webhook, request) ?? 'GET';
  const sent: unknown = request.body;
  const body = sent instanceof Uint8Array ? sent : new Uint8Array();
  if (body.length > webhook.maxBytes) {
    response.status(413).json({ error: 'too large' });
    return;
  }
  try {
    const answered = await webhook.handle({ method, target, headers, body });
    if (answered.to === 'not-yet') {
      comeAgain(response, 'starting');
      return;
    }
    response.status(STATUS[answered.to]);
    if (answered.to === 'accepted' && answered.body !== undefined) give(answered.body, response);
    else response.end();
  } catch (error) {
    const down = error instanceof JournalDown;
    if (!down) log.error('webhook.failed', { connector }, error);
    notNow(response, down ? 503 : 500, 'not recorded; try again');
  }
}

function give({ type, content }: WebhookBody, response: Response): void {
  response.set('Content-Type', type).send(typeof content === 'string' ? content : Buffer.from(content));
}
