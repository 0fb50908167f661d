/** The connection to Telegram from the first question to the last: who we are, whose accounts are connected, what is new. */
import { wait, type Clock } from '../../core/clock.ts';
import { must, parseAddress, type Address } from '../../core/ids.ts';
import type { ConnectorContext, ConnectorState } from '../../core/ports/connector.ts';
import { CannotAsk, type Accounts } from './accounts.ts';
import type { ApiAnswer, BotApi } from './bot-api.ts';
import type { Calling } from './calling.ts';
import type { TelegramConfig } from './config.ts';
import type { Inbox } from './inbox.ts';
import type { Bot } from './known.ts';
import type { Polling } from './polling.ts';
import { meShape } from './shapes.ts';
import type { Standing } from './standing.ts';
import { troubleOf } from './trouble.ts';

interface Given {
  readonly ctx: Pick<ConnectorContext, 'clock' | 'lines' | 'log'>;
  readonly config: Pick<TelegramConfig, 'reconnect' | 'checkWebhook'>;
  readonly api: BotApi;
  readonly accounts: Accounts;
  readonly inbox: Inbox;
  readonly standing: Standing;
  /** How we hear what is new. */
  readonly hears: { readonly polling: Polling } | { readonly calling: Calling };
  readonly signal: AbortSignal;
}

type NoAnswer = Exclude<ApiAnswer, { readonly is: 'ok' }>;

/** A single question without an answer is nothing to speak of: it is asked again first. */
const quietFailures = 1;

export class Link {
  readonly #given: Given;
  readonly #clock: Clock;
  #bot: Bot | undefined;
  #failures = 0;
  readonly #heard = (): void => {
    this.#worked();
  };

  constructor(given: Given) {
    this.#given = given;
    this.#clock = given.ctx.clock;
  }

  /** Undefined until Telegram has said who we are. */
  get bot(): Bot | undefined {
    return this.#bot;
  }

  /** Resolves when the signal is aborted. */
  async run(): Promise<void> {
    const { signal, standing } = this.#given;
    standing.link({ name: 'connecting' });
    while (!signal.aborted && !(await this.#begin()));
    while (!signal.aborted) await this.#goOn();
  }

  /** False: it did not work, and some time has passed. */
  async #begin(): Promise<boolean> {
    const { api, signal, hears } = this.#given;
    const me = await api.call('getMe', {}, { signal });
    if (me.is !== 'ok') return this.#failed(me, { always: true });
    const bot = this.#botOf(me.result);
    if (bot === undefined) return this.#failed({ is: 'unclear', detail: 'getMe' }, { always: true });
    const set = 'calling' in hears ? await hears.calling.set() : await api.call('deleteWebhook', {}, { signal });
    if (set.is !== 'ok') return this.#failed(set, { always: true });
    this.#bot = bot;
    if (!(await this.#askAfterAccounts())) return this.#failed({ is: 'unsent', detail: 'accounts' }, { always: true });
    if ('calling' in hears) this.#worked();
    return true;
  }

  #goOn(): Promise<unknown> {
    const { hears } = this.#given;
    return 'polling' in hears ? this.#poll(hears.polling) : this.#check(hears.calling);
  }

  async #poll(polling: Polling): Promise<void> {
    const bot = this.#bot;
    if (bot === undefined) return;
    const patient = this.#given.standing.connected && this.#failures === 0;
    const polled = await polling.poll(bot, { patient, heard: this.#heard });
    this.#tellAccounts();
    if (polled.is === 'no-answer') await this.#failedPoll(polled.answer);
    else if (polled.is === 'not-recorded' || polled.stuck) await this.#pause(this.#given.config.reconnect.first);
  }

  /** Somebody has set a webhook behind our back: Telegram answers nobody's questions then. */
  async #failedPoll(answer: NoAnswer): Promise<void> {
    const { api, signal } = this.#given;
    if (signal.aborted) return;
    if (answer.is === 'refused' && /webhook/iu.test(answer.words)) await api.call('deleteWebhook', {}, { signal });
    await this.#failed(answer, { always: answer.is === 'refused' });
  }

  async #check(calling: Calling): Promise<void> {
    const { config, standing, signal } = this.#given;
    this.#tellAccounts();
    await this.#pause(config.checkWebhook);
    if (signal.aborted) return;
    const checked = await calling.check();
    if (checked.is === 'no-answer') await this.#failed(checked.answer, { always: false });
    else if (checked.trouble === undefined) this.#worked();
    else standing.link({ name: 'degraded', detail: `Telegram does not get through to us: ${checked.trouble}` });
  }

  /** Always false, when it is time to try again. */
  async #failed(answer: NoAnswer, { always }: { readonly always: boolean }): Promise<false> {
    if (this.#given.signal.aborted) return false;
    this.#failures += 1;
    const { state, afterMs } = troubleOf(answer, this.#failures, this.#given.config.reconnect);
    if (always || this.#failures > quietFailures) this.#say(state);
    this.#given.ctx.log.info('telegram.no-answer', { failures: this.#failures, why: state.name });
    await this.#pause(afterMs);
    return false;
  }

  #worked(): void {
    this.#failures = 0;
    this.#say({ name: 'connected' });
  }

  #say(state: ConnectorState): void {
    if (!this.#given.signal.aborted) this.#given.standing.link(state);
  }

  #pause(ms: number): Promise<void> {
    return wait(this.#clock, ms, this.#given.signal);
  }

  /** False where Telegram could not be asked, or the record not written. */
  async #askAfterAccounts(): Promise<boolean> {
    const { accounts, inbox, ctx } = this.#given;
    try {
      await inbox.takeNews(await accounts.refresh());
      this.#tellAccounts();
      return true;
    } catch (error) {
      if (!(error instanceof CannotAsk)) ctx.log.warn('telegram.not-recorded', { updates: 0 });
      return false;
    }
  }

  #tellAccounts(): void {
    const { ctx, accounts, standing, signal } = this.#given;
    if (signal.aborted) return;
    const personal = ctx.lines.filter((line) => line !== this.#bot?.line);
    standing.accounts(accounts.missing(personal), personal.length);
  }

  #botOf(result: unknown): Bot | undefined {
    const me = meShape.safeParse(result).data;
    if (me === undefined) return undefined;
    return { id: me.id, line: this.#lineOf(`@${me.username}`) };
  }

  /** As the config writes it: names on Telegram are the same in capitals and small letters. */
  #lineOf(name: string): Address {
    const line = this.#given.ctx.lines.find((one) => one.toLowerCase() === name.toLowerCase());
    return line ?? must(parseAddress(name));
  }
}
