/**
 * Twilio, simulated after its published API (twilio.com/docs/messaging/api): basic authentication, form encoding, its
 * error codes, the list with its pages, media behind a login and a redirect to another host, webhooks signed by
 * Twilio's own code, each made once: what fails is not repeated.
 */
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { systemClock } from '../../../../src/core/clock.ts';
import { settingsOf, simAccount, type AccountSettings, type TwilioOptions } from './account.ts';
import { TwilioCalls, type Fields, type SimCall } from './calls.ts';
import { inboundForm, optOutForm, statusForm } from './forms.ts';
import { newSid, type SimMedia, type SimMessage } from './messages.ts';
import type { Refusal } from './refusals.ts';
import { RestApi, type ApiState, type Misfortune } from './rest-api.ts';

export { simAccount, type TwilioOptions } from './account.ts';
export type { SimCall } from './calls.ts';

export interface CustomerFile {
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface CustomerMessage {
  readonly from?: string;
  readonly to?: string;
  readonly files?: readonly CustomerFile[];
  /** Added to the form: RCS and WhatsApp fields, or ones that Twilio brings tomorrow. */
  readonly params?: Fields;
}

export class TwilioSimulator implements ApiState, AsyncDisposable {
  readonly messages: SimMessage[] = [];
  readonly optedOut = new Set<string>();
  /** Requests to send that were refused. */
  readonly refused: Refusal[] = [];
  /** Authorization headers that reached the file host: there must be none. */
  readonly leaked: string[] = [];
  url = '';
  filesUrl = '';
  /** Requests that are taken and never answered. */
  silent = false;
  /** With this status sends are answered that were taken. */
  breaksWith: number | undefined;
  /** Requests that are refused so, one after another. */
  readonly next: Misfortune[] = [];
  /** Requests to the API, newest last: `POST /2010-04-01/...`. */
  readonly asked: string[] = [];
  readonly #settings: AccountSettings;
  readonly #api: Server;
  readonly #files: Server;
  readonly #calls: TwilioCalls;
  readonly #customers = new Map<string, Promise<boolean>>();

  constructor(options: TwilioOptions) {
    this.#settings = settingsOf(options);
    this.#calls = new TwilioCalls(this.#settings);
    const api = new RestApi(this, this.#settings);
    this.#api = createServer((request, response) => {
      api.answer(request, response).catch(() => response.destroy());
    });
    this.#files = createServer((request, response) => {
      api.giveFile(request, response);
    });
  }

  /** Webhooks that failed, as the console's debugger lists them. */
  get failedCalls(): readonly string[] {
    return this.#calls.failed;
  }

  async listen({ host = '127.0.0.1', port = 0 }: Pick<TwilioOptions, 'host' | 'port'> = {}): Promise<void> {
    this.url = await listening(this.#api, host, port);
    this.filesUrl = await listening(this.#files, host, 0);
  }

  /** A person writes to one of the numbers; true when the webhook was answered 2xx. */
  customerWrites(text: string, more: CustomerMessage = {}): Promise<boolean> {
    const { from = '+12025550199', to = simAccount.number, files = [], params = {} } = more;
    const media = files.map(({ type, bytes }): SimMedia => ({ sid: newSid('ME'), type, bytes }));
    const message: SimMessage = {
      ...{ sid: newSid(media.length > 0 ? 'MM' : 'SM'), direction: 'inbound', from, to, body: text, media },
      ...{ at: systemClock.now(), status: 'received' },
    };
    this.messages.push(message);
    const optOut = optOutForm(message, this.optedOut);
    return this.#inTurn(from, () => this.call({ ...inboundForm(message, this.#account), ...optOut, ...params }));
  }

  /** The same webhook again, as somebody who recorded it could send it. */
  repeats(): Promise<boolean> {
    return this.#calls.repeats();
  }

  /** A webhook with any parameters, signed. */
  call(fields: Fields, url?: string): Promise<boolean> {
    return this.#calls.call(fields, url);
  }

  signed(fields: Fields, url?: string, token?: string): SimCall {
    return this.#calls.signed(fields, url, token);
  }

  signedJson(body: string, url?: string): SimCall {
    return this.#calls.signedJson(body, url);
  }

  post(call: SimCall): Promise<boolean> {
    return this.#calls.post(call);
  }

  /** How far a message of ours got, told to its StatusCallback. */
  async becomes(sid: string, status: string, errorCode?: number): Promise<boolean> {
    const message = this.messages.find((one) => one.sid === sid);
    if (message?.statusCallback === undefined) throw new Error(`no message ${sid} with a StatusCallback`);
    message.status = status;
    if (errorCode !== undefined) message.errorCode = errorCode;
    return this.call(statusForm(message, this.#account, errorCode), message.statusCallback);
  }

  /** Texts that were taken from us, in order. */
  get sent(): readonly SimMessage[] {
    return this.messages.filter(({ direction }) => direction === 'outbound-api');
  }

  /** Answers that are held back are lost. */
  cut(): void {
    this.silent = false;
    this.#api.closeAllConnections();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of [this.#api, this.#files]) {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
    }
  }

  #inTurn(customer: string, act: () => Promise<boolean>): Promise<boolean> {
    const turn = (this.#customers.get(customer) ?? Promise.resolve(true)).then(act);
    this.#customers.set(customer, turn);
    return turn;
  }

  get #account(): URL {
    return new URL(`/2010-04-01/Accounts/${this.#settings.accountSid}`, this.url);
  }
}

export async function startTwilio(options: TwilioOptions): Promise<TwilioSimulator> {
  const simulator = new TwilioSimulator(options);
  await simulator.listen(options);
  return simulator;
}

async function listening(server: Server, host: string, port: number): Promise<string> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://${host}:${String(address.port)}`;
}
