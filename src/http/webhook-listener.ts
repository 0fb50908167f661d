/** The one door that providers on the internet may come through: `/webhooks/<connector id>` and nothing else. */
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { ConnectorId } from '../core/ids.ts';
import { Places } from '../core/places.ts';
import type { Log, Metrics } from '../core/ports/log.ts';
import { JournalDown } from '../core/ports/recorder.ts';
import { listen, plainApp, type Address, type Listener } from './listener.ts';
import type { Webhook, WebhookAnswer, WebhookMethod } from './webhook.ts';

export interface WebhookOptions {
  readonly at: Address;
  readonly webhooks: ReadonlyMap<ConnectorId, Webhook>;
  readonly log: Log;
  readonly metrics: Metrics;
}

const RETRY_AFTER_S = 5;
/** Bodies of one connector that are read or recorded at a time. */
const MAX_BODIES = 32;
const STATUS: Readonly<Record<WebhookAnswer['to'], number>> = {
  accepted: 200,
  'bad-signature': 401,
  replay: 403,
  'not-understood': 400,
};

/**
 * Unknown connector 404, other method 405, too large 413, compressed 415, bad signature 401, replay 403, journal down
 * 503 with Retry-After. @throws Error in words when the address can't be listened at.
 */
export async function startWebhookListener(options: WebhookOptions): Promise<Listener> {
  const app = plainApp();
  for (const [connector, webhook] of options.webhooks) addRoute(app, { ...options, connector, webhook });
  return listen(app, { at: options.at, setting: 'listen.webhooks', log: options.log });
}

interface Route extends Pick<WebhookOptions, 'log' | 'metrics'> {
  readonly connector: ConnectorId;
  readonly webhook: Webhook;
}

function addRoute(app: Express, route: Route): void {
  const { connector, webhook, metrics } = route;
  const places = new Places(MAX_BODIES);
  app.all(
    `/webhooks/${connector}`,
    (request, response, next) => {
      response.once('finish', () => {
        metrics.count('webhook_requests', { connector, status: String(response.statusCode) });
      });
      if (methodOf(webhook, request) === undefined) refuseMethod(webhook, response);
      // The body parser would first read all that is announced.
      else if (Number(request.headers['content-length'] ?? 0) > webhook.maxBytes) next({ status: 413 });
      else enter(places, response, next);
    },
    express.raw({ type: () => true, limit: webhook.maxBytes, inflate: false }),
    (request, response) => handle(route, request, response),
  );
}

/** A provider that calls faster than we can record is told to come again. */
function enter(places: Places, response: Response, next: NextFunction): void {
  const leave = places.take();
  if (leave === undefined) {
    response
      .status(503)
      .set({ 'Retry-After': String(RETRY_AFTER_S), Connection: 'close' })
      .json({ error: 'busy' });
    return;
  }
  response.once('close', leave);
  next();
}

function methodOf(webhook: Webhook, request: Request): WebhookMethod | undefined {
  return webhook.methods.find((known) => known === request.method);
}

function refuseMethod(webhook: Webhook, response: Response): void {
  response
    .status(405)
    .set({ Allow: webhook.methods.join(', '), Connection: 'close' })
    .json({ error: 'method' });
}

async function handle({ webhook, connector, log }: Route, request: Request, response: Response): Promise<void> {
  const { headers, originalUrl: target } = request;
  const method = methodOf(webhook, request) ?? 'GET';
  const sent: unknown = request.body;
  const body = sent instanceof Uint8Array ? sent : new Uint8Array();
  try {
    const answered = await webhook.handle({ method, target, headers, body });
    response.status(STATUS[answered.to]);
    if (answered.to === 'accepted' && answered.body !== undefined) {
      response.set('Content-Type', answered.body.type).send(answered.body.text);
    } else response.end();
  } catch (error) {
    const down = error instanceof JournalDown;
    if (!down) log.error('webhook.failed', { connector }, error);
    response
      .status(down ? 503 : 500)
      .set('Retry-After', String(RETRY_AFTER_S))
      .json({ error: 'not recorded; try again' });
  }
}
