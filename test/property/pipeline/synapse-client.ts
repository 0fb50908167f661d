/** The SDK's client with the network taken out: each request waits for its turn, and may be lost on either way. */
import { MatrixClient, MemoryStorageProvider } from '@vector-im/matrix-bot-sdk';
import { isJsonObject, type JsonObject } from '../../../src/core/json.ts';
import type { Ghosts } from '../../../src/matrix/library.ts';
import { refusal, type Call } from './synapse.ts';
import type { Fault, Step } from './steps.ts';

/** What the client needs of the world. */
export interface Wire {
  readonly process: number;
  add(step: Step): void;
  /** The homeserver's turn; it may look at the record first. @throws MatrixError */
  handle(call: Call): Promise<JsonObject>;
}

/** An error of the connection, as node:net names it. */
class ConnectionError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

const PREFIX = '/_matrix/client/v3/';
const storage = new MemoryStorageProvider();

class SimulatedClient extends MatrixClient {
  readonly #wire: Wire;
  readonly #user: string;

  constructor(wire: Wire, user: string) {
    super('http://homeserver.invalid', 'token', storage);
    this.impersonateUserId(user);
    this.#wire = wire;
    this.#user = user;
  }

  override doRequest(method: unknown, endpoint: unknown, _query?: unknown, body?: unknown): Promise<JsonObject> {
    const path = String(endpoint).slice(PREFIX.length).split('/').map(decodeURIComponent);
    return request(this.#wire, {
      as: this.#user,
      method: String(method),
      path,
      body: isJsonObject(body) ? body : {},
    });
  }
}

export function ghostsOf(wire: Wire): Ghosts {
  const clients = new Map<string, MatrixClient>();
  const client = (user: string): MatrixClient => {
    const known = clients.get(user) ?? new SimulatedClient(wire, user);
    clients.set(user, known);
    return known;
  };
  const registered = new Set<string>();
  return {
    client,
    register: async (user) => {
      if (registered.has(user)) return;
      await registering(wire, user);
      registered.add(user);
    },
    setName: (user, name) => client(user).setDisplayName(name),
  };
}

/** As the library does it: a user that exists is no error. */
async function registering(wire: Wire, user: string): Promise<void> {
  const body = { username: user.slice(1, user.indexOf(':')) };
  try {
    await request(wire, { as: user, method: 'POST', path: ['register'], body });
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('M_USER_IN_USE'))) throw error;
  }
}

function request(wire: Wire, call: Call): Promise<JsonObject> {
  const { promise, resolve, reject } = Promise.withResolvers<JsonObject>();
  wire.add({
    process: wire.process,
    what: 'request',
    words: `homeserver: ${call.method} ${call.path.join('/').slice(0, 60)} as ${call.as}`,
    act: async ({ fault, answered }) => {
      const done =
        fault === undefined || fault === 'broken-after'
          ? wire.handle({ ...call, outlived: !answered })
          : Promise.reject(errorOf(fault));
      const answer = await done.then(
        (value) => () => {
          resolve(value);
        },
        (error: unknown) => () => {
          reject(error);
        },
      );
      if (!answered) return;
      if (fault === 'broken-after') reject(new ConnectionError('ECONNRESET'));
      else answer();
    },
  });
  return promise;
}

function errorOf(fault: Exclude<Fault, 'broken-after'>): Error {
  switch (fault) {
    case 'refused':
      return new ConnectionError('ECONNREFUSED');
    case 'throttled':
      return refusal(429, 'M_LIMIT_EXCEEDED', 700);
    case 'unavailable':
      return refusal(503, 'M_UNKNOWN');
    case 'broken-before':
      return refusal(500, 'M_UNKNOWN');
  }
}
