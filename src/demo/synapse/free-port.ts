/**
 * A TCP port of the loopback interface that nobody listens on now. It lies below those that a system gives to whoever
 * asks for any (from 32,768 on Linux, from 49,152 on macOS): nobody is given it between being told here and being used.
 * A process is told each of them in turn, and processes that run at the same time begin at ports that lie apart.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';

const FIRST = 20_000;
const PORTS = 12_000;
/** Between the first ports of two processes whose ids follow each other. */
const APART = 61;

let told = 0;

/** @throws Error when none is free. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < PORTS; tries += 1) {
    told += 1;
    const port = FIRST + ((process.pid * APART + told) % PORTS);
    if (await isFree(port)) return port;
  }
  throw new Error(
    `somebody listens on every port from ${String(FIRST)} to ${String(FIRST + PORTS - 1)}: end what does`,
  );
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
