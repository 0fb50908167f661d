/** Sends messages and reactions, and says honestly what is known of them. */
import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { must, parseRemoteId, type Address, type RemoteId } from '../../core/ids.ts';
import type { ConnectorContext, Refusal } from '../../core/ports/connector.ts';
import type { OutboundMessage, OutboundReaction, SendResult } from '../../core/ports/outbound.ts';
import { FetchFailed } from '../../core/ports/safe-fetch.ts';
import { Pace, type Flight } from '../pace.ts';
import { bodyOf, recipient, type Prepared } from './body.ts';
import { captionMost, textMost } from './capabilities.ts';
import { optedOut, resultOf, type GraphError } from './errors.ts';
import type { Answered, Graph } from './graph.ts';
import type { Health } from './health.ts';
import { Uploads } from './media.ts';
import type { People } from './people.ts';
import type { Templates } from './templates.ts';
import type { Windows } from './windows.ts';
import { wordsTo } from './words.ts';

/** Sends under way at a time. */
const underWayMost = 20;
const downMs = 5_000;
const jitterSteps = 1_000;

const sentBody = z.object({
  messages: z.array(z.object({ id: z.string() })).min(1),
  contacts: z.array(z.object({ wa_id: z.string().optional() })).optional(),
});

interface Parts {
  readonly ctx: ConnectorContext;
  readonly graph: Graph;
  readonly health: Health;
  /** By address. */
  readonly numbers: ReadonlyMap<Address, string>;
  readonly people: People;
  readonly windows: Windows;
  readonly templates: Templates;
  readonly perSecond: number;
}
type Asked = Omit<OutboundMessage, 'position' | 'attempt'>;

const stopped = {
  state: 'retry',
  afterMs: downMs,
  scope: 'connector',
  reason: 'provider-down',
} as const satisfies SendResult;

export class Outbound {
  readonly #parts: Parts;
  readonly #pace: Pace;
  readonly #uploads: Uploads;
  readonly #stopping = new AbortController();
  readonly #cutOff = Promise.withResolvers<undefined>();
  /** As many as fly. */
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#pace = new Pace({ clock: parts.ctx.clock, perSecond: parts.perSecond, window: underWayMost });
    this.#uploads = new Uploads(parts.graph);
  }

  stop(): void {
    this.#stopping.abort();
    this.#pace.stop();
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Whoever still waits for an answer is told that none came. */
  cutOff(): void {
    this.#cutOff.resolve(undefined);
  }

  place({ from, to }: Pick<OutboundMessage, 'from' | 'to'>): Promise<void> | undefined {
    return this.#stopping.signal.aborted ? undefined : this.#pace.place(`${from} ${to}`);
  }

  refuses(message: Asked): Refusal | undefined {
    const { text, file, location, template, from, to } = message;
    if (template !== undefined) return undefined;
    if (text.trim() === '' && file === undefined && location === undefined)
      return { reason: 'empty', detail: 'no text' };
    const most = file === undefined ? textMost : captionMost;
    if (wordsTo(message).length > most) return { reason: 'too-long', detail: `at most ${most} characters` };
    const closed = this.#parts.windows.closed(from, to, this.#parts.ctx.clock.now());
    return closed === undefined ? undefined : { reason: 'window-closed', detail: closed };
  }

  async send(message: OutboundMessage): Promise<SendResult> {
    const { from, to, position, attempt } = message;
    const refusal = this.refuses(message);
    if (refusal !== undefined) return { state: 'failed', ...refusal };
    const number = this.#parts.numbers.get(from);
    if (number === undefined) return { state: 'failed', reason: 'sender-not-registered', detail: 'not in the config' };
    const flight = await this.#pace.begin(`${from} ${to}`, this.#stopping.signal);
    if (flight === undefined) return stopped;
    try {
      const prepared = await this.#prepared(message, number);
      if ('state' in prepared) return prepared;
      const unclear = [must(parseRemoteId(String(position)))];
      return await this.#post(bodyOf(message, prepared), { number, from, to, attempt, flight, unclear });
    } finally {
      this.#pace.ended();
    }
  }

  /** One of the line's on a message; none takes it away. Doing it again does no harm. */
  async react({ from, to, ids, keys }: OutboundReaction): Promise<SendResult> {
    const number = this.#parts.numbers.get(from);
    const [id] = ids;
    if (number === undefined || id === undefined)
      return { state: 'failed', reason: 'unsupported', detail: 'this reaction' };
    const flight = await this.#pace.begin(`${from} ${to}`, this.#stopping.signal);
    if (flight === undefined) return stopped;
    try {
      const body = { ...recipient(to), type: 'reaction', reaction: { message_id: id, emoji: keys.at(-1) ?? '' } };
      return await this.#post(body, { number, from, to, attempt: 1, flight, unclear: [] });
    } finally {
      this.#pace.ended();
    }
  }

  /** What has to be at Meta before the message: up to here nothing is sent, and anything may be tried again. */
  async #prepared(message: OutboundMessage, number: string): Promise<Prepared | SendResult> {
    const { template, file, attempt } = message;
    try {
      if (template !== undefined) {
        const names = template.values.length === 0 ? undefined : await this.#parts.templates.namesOf(template);
        return names === undefined ? {} : { names };
      }
      if (file === undefined) return {};
      const upload = await this.#uploads.upload(file, number);
      if ('id' in upload) return { media: upload.id };
      if ('stillTooLarge' in upload) {
        return { state: 'failed', reason: 'too-large', detail: 'a still sticker has at most 100 KB' };
      }
      const result = this.#failed(upload.error, attempt);
      return result.state === 'unknown' ? { ...stopped, scope: 'message', afterMs: downMs * attempt } : result;
    } catch (error) {
      if (!(error instanceof FetchFailed)) throw error;
      return this.#down(error.detail);
    }
  }

  async #post(body: object, at: Posting): Promise<SendResult> {
    try {
      const answered = await this.#asked(this.#parts.graph.post(`/${at.number}/messages`, body));
      if (answered === undefined) return { state: 'unknown', ids: at.unclear, detail: 'we stopped before the answer' };
      return answered.ok ? await this.#taken(answered.json, at) : await this.#refused(answered.error, at);
    } catch (error) {
      if (error instanceof FetchFailed) return this.#unanswered(error, at);
      throw error;
    }
  }

  async #asked(asking: Promise<Answered>): Promise<Answered | undefined> {
    const under = asking.catch(() => undefined);
    this.#underWay.add(under);
    try {
      return await Promise.race([asking, this.#cutOff.promise]);
    } finally {
      this.#underWay.delete(under);
    }
  }

  async #taken(json: unknown, { to, unclear }: Posting): Promise<SendResult> {
    this.#pace.accepted();
    const read = sentBody.safeParse(json);
    const id = parseRemoteId(read.data?.messages[0]?.id);
    if (!id.ok) {
      this.#parts.health.unreachable();
      return { state: 'unknown', ids: unclear, detail: 'WhatsApp answered without an id' };
    }
    await this.#learn(to, read.data?.contacts?.[0]?.wa_id);
    return { state: 'sent', ids: [id.value] };
  }

  #unanswered({ kind, detail }: FetchFailed, { unclear }: Posting): SendResult {
    if (kind === 'unsent') return this.#down(detail);
    if (kind === 'refused') return { state: 'failed', reason: 'provider-refused', detail };
    this.#parts.health.unreachable();
    return { state: 'unknown', ids: unclear, detail: `WhatsApp did not answer: ${detail}` };
  }

  async #refused(error: GraphError, { attempt, flight, unclear, from, to }: Posting): Promise<SendResult> {
    const result = this.#failed(error, attempt);
    if (result.state === 'unknown') return { ...result, ids: unclear };
    if (result.state === 'retry' && result.reason === 'rate-limited' && result.scope !== 'chat') {
      const jitter = randomInt(jitterSteps) / jitterSteps;
      return { ...result, afterMs: this.#pace.throttled(flight, jitter, result.afterMs) };
    }
    if (error.code === optedOut) await this.#stopConsent(from, to);
    return result;
  }

  #failed(error: GraphError, attempt: number): SendResult {
    this.#parts.health.error(error);
    return resultOf(error, attempt);
  }

  #down(detail: string): SendResult {
    this.#parts.health.unreachable();
    return { ...stopped, detail };
  }

  /** Meta may know the person by another number than the one we write to. What can't be noted is learned the next time. */
  async #learn(to: Address, waId: string | undefined): Promise<void> {
    const { ctx, people } = this.#parts;
    try {
      const edits = await people.alias(to, waId);
      if (edits.length > 0) await ctx.kv.apply(edits);
    } catch {
      ctx.log.warn('whatsapp.note-failed', {});
    }
  }

  /** That this person wants no more of it is on record like one who says so. */
  async #stopConsent(line: Address, person: Address): Promise<void> {
    const { ctx } = this.#parts;
    const at = ctx.clock.now();
    const consent = { from: person, to: line, action: 'stop' as const, detail: 'WhatsApp says so on sending' };
    const raw = Buffer.from(JSON.stringify({ code: optedOut }));
    try {
      await ctx.ingest({ kind: 'consent', consent, id: `consent/${line}/${person}/${at}`, sure: true, at, raw });
    } catch {
      ctx.log.warn('whatsapp.note-failed', {});
    }
  }
}

interface Posting {
  readonly number: string;
  readonly from: Address;
  readonly to: Address;
  readonly attempt: number;
  readonly flight: Flight;
  /** What it is called while nobody told us its id. */
  readonly unclear: readonly RemoteId[];
}
