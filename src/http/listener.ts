/** One HTTP listener with bounds on everything a peer can make large or slow. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Express } from 'express';
import helmet from 'helmet';
import { z } from 'zod';
import { systemClock } from '../core/clock.ts';
import type { Log } from '../core/ports/log.ts';

export interface Address {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}

export interface Listener extends AsyncDisposable {
  /** Where it really listens. */
  readonly address: Address;
}

const HEADER_BYTES = 16 * 1024;
const HEADERS_MAX = 100;
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
const KEEP_ALIVE_MS = 15_000;
const CONNECTIONS_MAX = 512;
const CLOSE_MS = 3000;

/** An application that says nothing of itself and answers 404 to everything until routes are added. */
export function plainApp(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.set('query parser', 'simple');
  app.use(helmet());
  return app;
}

/**
 * Closes the app with a 404 for what has no route and a bare status for what throws, then listens.
 * @throws Error in words when the address can't be listened at; `setting` is the config key that it names.
 */
export async function listen(
  app: Express,
  options: { readonly at: Address; readonly setting: string; readonly log: Log },
): Promise<Listener> {
  app.use((_request, response) => {
    response.status(404).json({ error: 'not found' });
  });
  app.use(onError(options.log));
  const server = createServer({ maxHeaderSize: HEADER_BYTES, connectionsCheckingInterval: 5000 }, app);
  server.maxHeadersCount = HEADERS_MAX;
  server.headersTimeout = HEADERS_MS;
  server.requestTimeout = REQUEST_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.maxConnections = CONNECTIONS_MAX;
  const address = await bind(server, options.at, options.setting);
  options.log.info('http.listening', { setting: options.setting, host: address.host, port: address.port });
  return { address, [Symbol.asyncDispose]: () => close(server) };
}

function bind(server: Server, at: Address, setting: string): Promise<Address> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(new Error(bindWords(error, at, setting), { cause: error }));
    });
    server.listen({ host: at.host, port: at.port }, () => {
      resolve({ host: at.host, port: portOf(server.address()) ?? at.port });
    });
  });
}

function portOf(address: AddressInfo | string | null): number | undefined {
  return address === null || typeof address === 'string' ? undefined : address.port;
}

function bindWords(error: Error, at: Address, setting: string): string {
  const where = `${at.host}:${at.port}`;
  const code = z.object({ code: z.string() }).safeParse(error).data?.code;
  if (code === 'EADDRINUSE') return `${setting}: another program listens at ${where}; stop it or choose another port`;
  if (code === 'EADDRNOTAVAIL') return `${setting}: this machine has no address ${at.host}`;
  if (code === 'EACCES') return `${setting}: listening at ${where} is not permitted; choose a port above 1023`;
  return `${setting}: cannot listen at ${where} (${code ?? error.name})`;
}

/** Lets requests under way finish for a while, then ends every connection: a peer that stalls holds up no shutdown. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cancel = systemClock.after(CLOSE_MS, () => {
      server.closeAllConnections();
    });
    server.close(() => {
      cancel();
      resolve();
    });
    server.closeIdleConnections();
  });
}

const clientFault = z.object({ status: z.number().int().min(400).max(499) });

function onError(log: Log): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const fault = clientFault.safeParse(error);
    if (!fault.success) log.error('http.request-failed', {}, error);
    const status = fault.data?.status ?? 500;
    // What is left of a request that was too large is not read.
    response
      .status(status)
      .set('Connection', 'close')
      .json({ error: words(status) });
  };
}

function words(status: number): string {
  if (status === 413) return 'too large';
  return status < 500 ? 'this request cannot be understood' : 'failed inside; try again';
}
