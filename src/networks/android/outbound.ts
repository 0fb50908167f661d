/** Sends one message under a name of ours, which the gateway takes once however often it hears it. */
import { z } from 'zod';
import { wait } from '../../core/clock.ts';
import type { RemoteId } from '../../core/ids.ts';
import type { ReceiptState } from '../../core/network-entries.ts';
import type { ConnectorContext } from '../../core/ports/connector.ts';
import type { OutboundFile, OutboundMessage, SendResult } from '../../core/ports/outbound.ts';
import { FetchFailed } from '../../core/ports/safe-fetch.ts';
import { Pace, type Flight } from '../pace.ts';
import type { ReachWatch } from '../reach-watch.ts';
import { Sending, unsendable } from '../sending.ts';
import { LONGEST } from './capabilities.ts';
import type { AndroidConfig } from './config.ts';
import type { Gateway, GatewayAnswer } from './gateway.ts';
import type { LineFinder } from './lines.ts';
import type { Sendings } from './sendings.ts';

const DOWN_MS = 5_000;
const REJECTED_MS = 5 * 60_000;
const FULL_MS = 60_000;
/** A gateway that says nothing is told the same once more after each of these. */
const AGAIN_MS = [1_000, 3_000];

const refusal = z.object({ message: z.string() });
const told = z.object({ state: z.string(), recipients: z.array(z.object({ error: z.string().nullish() })).catch([]) });
const states: Readonly<Record<string, ReceiptState>> = {
  Pending: 'accepted',
  Processed: 'accepted',
  Sent: 'accepted',
  Delivered: 'delivered',
  Failed: 'failed',
  Cancelling: 'failed',
  Cancelled: 'failed',
};

export interface OutboundDeps {
  readonly ctx: ConnectorContext;
  readonly config: AndroidConfig;
  readonly gateway: Gateway;
  readonly sendings: Sendings;
  readonly lines: LineFinder;
  readonly watch: Pick<ReachWatch, 'found'>;
}

export class Outbound {
  readonly #deps: OutboundDeps;
  readonly #pace: Pace;
  readonly #sending: Sending;

  constructor(deps: OutboundDeps) {
    this.#deps = deps;
    this.#pace = new Pace({ clock: deps.ctx.clock, perSecond: deps.config.perSecond, window: 4 });
    this.#sending = new Sending(this.#pace);
  }

  /** Nothing new is sent from now on; resolves when what was under way has ended. */
  stop(): Promise<void> {
    return this.#sending.stop();
  }

  place(message: Pick<OutboundMessage, 'from' | 'to'>): Promise<void> | undefined {
    return this.#sending.place(message);
  }

  refuses(message: Pick<OutboundMessage, 'text' | 'file'>): ReturnType<typeof unsendable> {
    return unsendable(message, LONGEST);
  }

  async send(message: OutboundMessage): Promise<SendResult> {
    const refused = this.refuses(message);
    if (refused !== undefined) return { state: 'failed', ...refused };
    return this.#sending.run(message, (flight) => this.#attempt(message, flight));
  }

  /** What the gateway says of a text by its name; undefined where it knows none. @throws FetchFailed */
  async state(id: RemoteId): Promise<{ readonly state: ReceiptState; readonly ids: readonly RemoteId[] } | undefined> {
    const answer = await this.#deps.gateway.get(`/messages/${encodeURIComponent(id)}`);
    if (answer.status === 404) return undefined;
    const state = states[told.safeParse(answer.body).data?.state ?? ''];
    if (answer.status !== 200 || state === undefined) {
      throw new FetchFailed('unclear', `the gateway does not say (${String(answer.status)})`);
    }
    return { state, ids: [id] };
  }

  async #attempt(message: OutboundMessage, flight: Flight): Promise<SendResult> {
    const { sendings, ctx } = this.#deps;
    let id: RemoteId;
    try {
      id = await sendings.begin(message);
    } catch (error) {
      ctx.log.error('android.not-noted', {}, error);
      return { ...down('not noted'), scope: 'message' };
    }
    try {
      const body = await this.#bodyOf(message, id);
      return await this.#tell(body, { id, flight, skip: !/^\+\d+$/u.test(message.to) });
    } finally {
      sendings.end(message.position);
    }
  }

  /** The same again does no harm: it is taken once. */
  async #tell(body: object, sending: Telling): Promise<SendResult> {
    const signal = this.#sending.stopping;
    const first = await this.#post(body, sending.skip);
    if (first instanceof FetchFailed && first.kind !== 'unclear') return this.#away(first.detail);
    let result = this.#resultOf(first, sending);
    for (const pause of AGAIN_MS) {
      if (result !== undefined || signal.aborted) break;
      await wait(this.#deps.ctx.clock, pause, signal);
      const clear = this.#resultOf(await this.#post(body, sending.skip), sending);
      // "Not now" says nothing of the first time.
      if (clear?.state !== 'retry') result = clear;
    }
    return result ?? this.#unclear(sending.id);
  }

  async #post(body: object, skip: boolean): Promise<GatewayAnswer | FetchFailed> {
    try {
      return await this.#deps.gateway.post(`/messages${skip ? '?skipPhoneValidation=true' : ''}`, body);
    } catch (error) {
      if (error instanceof FetchFailed) return error;
      throw error;
    }
  }

  #away(detail: string): SendResult {
    this.#deps.watch.found({ name: 'connecting', detail });
    return down(detail);
  }

  #unclear(id: RemoteId): SendResult {
    const detail = 'the gateway did not answer';
    this.#deps.watch.found({ name: 'connecting', detail });
    return { state: 'unknown', ids: [id], detail };
  }

  /** Undefined where it may have been taken. */
  #resultOf(answer: GatewayAnswer | FetchFailed, { id, flight }: Telling): SendResult | undefined {
    if (answer instanceof FetchFailed) return undefined;
    const { status, body, afterMs } = answer;
    // 409: it was taken before.
    if (status === 202 || status === 409) {
      this.#pace.accepted();
      return { state: 'sent', ids: [id] };
    }
    if (status === 401 || status === 403) return this.#rejected();
    if (status === 429) {
      const pause = this.#pace.throttled(flight, 0.5, afterMs);
      return { ...down('too many requests'), afterMs: pause, reason: 'rate-limited' };
    }
    return refusedWith(status, body, afterMs);
  }

  #rejected(): SendResult {
    const detail = 'the gateway rejects our login';
    this.#deps.watch.found({ name: 'bad-credentials', detail });
    return { ...down(detail), afterMs: REJECTED_MS, reason: 'bad-credentials' };
  }

  async #bodyOf({ from, to, text, file }: OutboundMessage, id: RemoteId): Promise<object> {
    const { lines, config } = this.#deps;
    const sim = lines.simOf(from);
    const said = file === undefined ? { textMessage: { text } } : { mmsMessage: await mmsOf(file, text) };
    return {
      ...{ id, phoneNumbers: [to], withDeliveryReport: true, ...said },
      ...(sim === undefined ? {} : { simNumber: sim }),
      ...(config.deviceId === undefined ? {} : { deviceId: config.deviceId }),
    };
  }
}

interface Telling {
  readonly id: RemoteId;
  readonly flight: Flight;
  /** The number is no international one: the phone must not refuse it. */
  readonly skip: boolean;
}

async function mmsOf(file: OutboundFile, text: string): Promise<object> {
  const pieces: Uint8Array[] = [];
  for await (const piece of file.open()) pieces.push(piece);
  const data = Buffer.concat(pieces).toString('base64');
  const attachments = [{ contentType: file.type, name: file.name, data }];
  return { ...(text === '' ? {} : { text }), attachments };
}

function refusedWith(status: number, body: unknown, afterMs = FULL_MS): SendResult | undefined {
  if (status === 503) return { ...down('the phone is not there: its queue is full'), afterMs };
  if (status < 400 || status >= 500) return undefined;
  const words = refusal.safeParse(body).data?.message ?? '';
  const number = /phone\s?number/iu.test(words);
  const detail = number ? 'the phone says that this is no number' : `the gateway refused it (${String(status)})`;
  return { state: 'failed', reason: number ? 'bad-address' : 'provider-refused', code: String(status), detail };
}

function down(detail: string): Extract<SendResult, { state: 'retry' }> {
  return { state: 'retry', afterMs: DOWN_MS, scope: 'connector', reason: 'provider-down', detail };
}
