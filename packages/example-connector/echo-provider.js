/** Echo itself, for tests and to try the connector with: `node echo-provider.js <port> <webhook URL>`. */
import http from 'node:http';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { signatureOf } from './signature.js';

export const TOKEN = 'echo-token-of-ours';
export const SECRET = 'echo-secret-of-ours';

export class EchoProvider {
  /** @type {{ id: string, to: string, text: string }[]} */
  sent = [];
  losesAnswers = false;
  /** @type {Promise<unknown>} */
  #turn = Promise.resolve();
  #given = 0;
  /** @type {object | undefined} */
  #newest;
  #server = http.createServer((request, response) => {
    this.#serve(request, response).catch(() => response.destroy());
  });

  /** @param {string} webhook where Gatehouse is called */
  constructor(webhook) {
    this.webhook = webhook;
  }

  /** @param {number} [port] @returns {Promise<string>} the address for the config */
  async listen(port = 0) {
    await new Promise((/** @type {(value?: undefined) => void} */ resolve) =>
      this.#server.listen(port, '127.0.0.1', resolve),
    );
    const at = this.#server.address();
    return `http://127.0.0.1:${at !== null && typeof at === 'object' ? at.port : 0}`;
  }

  /** A customer writes. @param {string} text */
  writes(text) {
    const message = {
      type: 'message',
      id: randomUUID(),
      from: '+12025550199',
      to: '+12025550100',
      text,
      at: Date.now(),
    };
    this.#newest = message;
    return this.calls([message]);
  }

  /** The newest message comes once more. */
  repeats() {
    return this.calls([this.#newest]);
  }

  /** What was sent last has arrived. */
  delivers() {
    return this.calls([
      { type: 'receipt', id: randomUUID(), message: this.sent.at(-1)?.id, state: 'delivered', at: Date.now() },
    ]);
  }

  /** Posts items, one call after the other, until they are taken. @param {readonly unknown[]} items */
  calls(items) {
    return this.posts(Buffer.from(JSON.stringify({ items })));
  }

  /** @param {Uint8Array} body @returns {Promise<boolean>} */
  posts(body) {
    const given = this.#given;
    const posting = this.#turn.then(async () => {
      while (given === this.#given) {
        if (await this.#post(body)) return true;
        await sleep(5);
      }
      return false;
    });
    this.#turn = posting;
    return posting;
  }

  /** Its patience is over. */
  givesUp() {
    this.#given += 1;
  }

  cut() {
    this.losesAnswers = false;
    this.#server.closeAllConnections();
  }

  async close() {
    this.givesUp();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.#turn;
  }

  /** @param {Uint8Array} body */
  async #post(body) {
    const at = Date.now();
    const headers = {
      'content-type': 'application/json',
      'echo-signature': `t=${at},v1=${signatureOf(SECRET, at, body)}`,
    };
    try {
      return (await fetch(this.webhook, { method: 'POST', headers, body: Buffer.from(body) })).ok;
    } catch {
      return false;
    }
  }

  /** @param {http.IncomingMessage} request @param {http.ServerResponse} response */
  async #serve(request, response) {
    /** @param {number} status @param {object} [answer] */
    const answers = (status, answer = {}) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    };
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return answers(401);
    if (request.method === 'GET' && request.url === '/account') return answers(200, { number: '+12025550100' });
    if (request.method !== 'POST' || request.url !== '/messages') return answers(404);
    const body = await bodyOf(request);
    const { id, to, text } = JSON.parse(body);
    const isBad = typeof id !== 'string' || typeof text !== 'string' || text === '' || text.length > 2_000;
    if (isBad || !/^\+[1-9]\d{4,14}$/.test(to)) return answers(400);
    const known = this.sent.some((one) => one.id === id);
    if (!known) this.sent.push({ id, to, text });
    if (!this.losesAnswers) return answers(known ? 409 : 201, { id });
  }
}

/** @param {http.IncomingMessage} request */
async function bodyOf(request) {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) text += piece;
  return text;
}

if (import.meta.filename === process.argv[1]) {
  const [, , port = '8200', webhook = 'http://127.0.0.1:9703/webhooks/echo'] = process.argv;
  const provider = new EchoProvider(webhook);
  console.log(`Echo listens at ${await provider.listen(Number(port))}; what you type is what the customer writes`);
  process.stdin.setEncoding('utf8').on('data', (/** @type {string} */ line) => {
    void provider.writes(line.trim()).then((taken) => console.log(taken ? 'taken' : 'given up'));
  });
}
