/**
 * What customers are called, where the provider's calls tell no name: asked for once their message is on record, one at a
 * time, and again after a day at the earliest. Nothing waits for it: a chat is called by the provider's id until it is known.
 */
import { endsOf } from '../../core/network-entries.ts';
import type { ConnectorContext, KvEdit, NetworkEvent } from '../../core/ports/connector.ts';
import { FetchFailed, type FetchAnswer } from '../../core/ports/safe-fetch.ts';
import { isPage } from '../web-page.ts';
import type { HttpConfig } from './config.ts';
import { parseBody, textAt } from './json-path.ts';
import type { ProfileConfig } from './profile-config.ts';
import { ProfileNotes, type Chat, type Due } from './profile-notes.ts';
import { rendered, secretsOf, written } from './request.ts';

const askMs = 10_000;
const answerMost = 64 * 1_024;
const nameMost = 200;
/** Doubles with each try of one customer, up to an hour; then that name is asked for with their next message. */
const pauseMs = 60_000;
const pauseMostMs = 3_600_000;
const triesMost = 8;

/** `raw` is the provider's answer, byte for byte. */
type Heard = { readonly name: string | undefined; readonly raw: Uint8Array } | 'nobody' | 'later';

/** When to ask on; `rests` where nobody at all is to be asked for before. */
interface Next {
  readonly afterMs: number;
  readonly rests: boolean;
}

export class Profiles {
  readonly #ctx: ConnectorContext;
  readonly #config: HttpConfig;
  readonly #profile: ProfileConfig;
  readonly #notes: ProfileNotes;
  readonly #stopping = new AbortController();
  #cancel: () => void = () => undefined;
  #round: Promise<void> | undefined;
  #woken = false;
  #rests = false;

  constructor(ctx: ConnectorContext, config: HttpConfig, profile: ProfileConfig) {
    this.#ctx = ctx;
    this.#config = config;
    this.#profile = profile;
    this.#notes = new ProfileNotes(ctx.kv);
  }

  /** Notes that commit with the messages, one for each customer whose name is to be asked for. */
  async wantedBy(events: readonly NetworkEvent[]): Promise<readonly KvEdit[]> {
    const found = events.flatMap((event) => namelessIn(event)).filter(({ line }) => this.#ctx.lines.includes(line));
    const chats = new Map(found.map((chat) => [JSON.stringify(chat), chat]));
    const edits: KvEdit[] = [];
    for (const chat of chats.values()) edits.push(...(await this.#notes.wanted(chat, this.#ctx.clock.now())));
    return edits;
  }

  /** Somebody's name may be due: at the start, and when a message is on record. */
  wake(): void {
    this.#woken = true;
    if (this.#round === undefined && !this.#rests && !this.#stopping.signal.aborted) this.#begin();
  }

  stop(): void {
    this.#stopping.abort();
    this.#cancel();
  }

  async idle(): Promise<void> {
    await this.#round;
  }

  forgetOld(): Promise<void> {
    return this.#notes.forgetOld(this.#ctx.clock.now());
  }

  #begin(): void {
    this.#woken = false;
    this.#cancel();
    this.#round = this.#askAll()
      .catch(() => {
        // Nothing can be read or recorded now: what is due stays due.
        this.#ctx.log.warn('http.no-names', {});
        return { afterMs: pauseMs, rests: true };
      })
      .then((next) => {
        this.#round = undefined;
        if (next !== undefined) this.#goOn(next);
        if (this.#woken) this.wake();
      });
  }

  #goOn({ afterMs, rests }: Next): void {
    if (this.#stopping.signal.aborted) return;
    this.#rests = rests;
    this.#cancel = this.#ctx.clock.after(afterMs, () => {
      this.#rests = false;
      this.wake();
    });
  }

  /** Resolves with undefined when nobody's name is due. */
  async #askAll(): Promise<Next | undefined> {
    for (const due of await this.#notes.due()) {
      const wait = due.at - this.#ctx.clock.now();
      if (wait > 0) return { afterMs: Math.min(wait, pauseMostMs), rests: false };
      const heard = await this.#ask(due);
      if (this.#stopping.signal.aborted) return undefined;
      if (heard === 'later') {
        await this.#putOff(due);
        return { afterMs: pauseMs, rests: true };
      }
      await this.#take(due, heard);
    }
    return undefined;
  }

  async #ask({ line, chat }: Chat): Promise<Heard> {
    const { api } = this.#config;
    const ends = { from: written(line, this.#config), to: written(chat, this.#config) };
    const request = rendered(this.#profile.request, { ...secretsOf(this.#config), ...ends });
    if (request === undefined) return 'nobody';
    try {
      const limits = { timeoutMs: askMs, maxBytes: answerMost, signal: this.#stopping.signal };
      const answer = await this.#ctx.api(api)(request.path, { ...request.wish, ...limits });
      return this.#heard(answer, await answer.bytes());
    } catch (error) {
      if (!(error instanceof FetchFailed)) throw error;
      return error.kind === 'too-large' || error.kind === 'refused' ? 'nobody' : 'later';
    }
  }

  #heard(answer: FetchAnswer, raw: Uint8Array): Heard {
    const { status } = answer;
    if (isPage(answer) || status === 401 || status === 429 || status >= 500) return 'later';
    return status >= 200 && status < 300 ? { name: this.#nameIn(raw), raw } : 'nobody';
  }

  #nameIn(raw: Uint8Array): string | undefined {
    const body = parseBody(Buffer.from(raw).toString('utf8'));
    if (body === undefined) return undefined;
    const found = this.#profile.name.map((path) => textAt(path, { event: body, body })?.trim() ?? '');
    const name = found.filter((text) => text !== '').join(' ');
    return name === '' ? undefined : name.slice(0, nameMost);
  }

  async #take({ line, chat }: Due, heard: Exclude<Heard, 'later'>): Promise<void> {
    const at = this.#ctx.clock.now();
    const name = heard === 'nobody' ? undefined : heard.name;
    const { tell, notes } = await this.#notes.answered({ line, chat }, name, at);
    if (!tell || heard === 'nobody' || name === undefined) return this.#ctx.kv.apply(notes);
    const id = `profile/${line}/${chat}/${String(at)}`;
    await this.#ctx.ingest({ kind: 'chat', id, sure: true, at, raw: heard.raw, chat: { line, chat, name } }, notes);
  }

  async #putOff(due: Due): Promise<void> {
    const tries = due.tries + 1;
    const at = this.#ctx.clock.now() + Math.min(pauseMs * 2 ** due.tries, pauseMostMs);
    await this.#ctx.kv.apply([tries >= triesMost ? this.#notes.given(due) : this.#notes.later({ ...due, at, tries })]);
  }
}

/** The customer's own chat, where the message tells no name; in a group the chat is not theirs. */
function namelessIn(event: NetworkEvent): readonly Chat[] {
  if (event.kind !== 'message' || event.message.group !== undefined || event.message.fromName !== undefined) return [];
  const { line, chat } = endsOf(event.message);
  return [{ line, chat }];
}
