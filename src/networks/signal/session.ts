/**
 * The connection to the daemon: made, looked at, and made again after every loss with a back-off of full jitter. Knows
 * which of our lines are accounts there.
 */
import { wait } from '../../core/clock.ts';
import type { Address } from '../../core/ids.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { ConnectorContext, ConnectorState } from '../../core/ports/connector.ts';
import { backOff } from '../back-off.ts';
import type { SignalConfig } from './config.ts';
import {
  placeWords,
  type Called,
  type CallWish,
  type DaemonHandlers,
  type DaemonLink,
  type Receiving,
} from './daemon.ts';
import { HttpLink, isThere } from './http-link.ts';
import { openSocketLink } from './socket-link.ts';
import { accounts as accountList } from './wire.ts';

const unknownMethod = -32_601;
/** An account that is not there yet is looked for again. */
const lookAgainMs = 60_000;

export interface SessionGiven {
  readonly ctx: ConnectorContext;
  readonly config: SignalConfig;
  readonly handlers: DaemonHandlers;
}

export class Session {
  readonly #given: SessionGiven;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #link: DaemonLink | undefined;
  #isUp = false;
  /** What the daemon calls our lines; empty values where it has one account and takes no name. */
  #receiving: readonly Receiving[] = [];
  readonly #lines: readonly Address[];
  #losses = 0;
  #held = false;
  #detail: string | undefined;
  #isLoggedOut = false;
  #switching: Promise<void> = Promise.resolve();
  #lookAgain: (() => void) | undefined;

  constructor(given: SessionGiven) {
    this.#given = given;
    this.#lines = given.ctx.lines;
  }

  /** Those of the config. */
  get lines(): readonly Address[] {
    return this.#lines;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Asks the daemon something for a line. */
  async ask(line: Address, method: string, params: object, wish?: CallWish): Promise<Called> {
    const link = this.#link;
    if (link === undefined || !this.#isUp) return { kind: 'unsent', detail: 'signal-cli is not connected' };
    const account = this.#receiving.find((one) => one.line === line)?.account;
    return link.call(method, account === undefined ? params : { ...params, account }, wish);
  }

  /** Nothing more is handed over until `resume`; what was handed over stays. */
  hold(): Promise<void> {
    this.#held = true;
    return this.#switch(async (link) => link.hold());
  }

  /** A daemon that does not take it up again is left, and met anew. */
  resume(): Promise<void> {
    this.#held = false;
    return this.#switch(async (link) => {
      const refused = await link.receive(this.#receiving);
      if (refused.length > 0) link.close();
    });
  }

  /** Signal itself does not know the account any more: said until somebody has put it right, which is looked for. */
  loggedOut(detail: string): void {
    const link = this.#link;
    if (this.#isLoggedOut || link === undefined) return;
    this.#isLoggedOut = true;
    this.#detail = detail;
    this.#say();
    this.#beginAnew(link, lookAgainMs);
  }

  /** Something is not as it should be, and works all the same. */
  degraded(detail: string): void {
    if (this.#detail === detail) return;
    this.#detail = detail;
    this.#say();
  }

  /** Nothing more comes in from now on, or `withinMs` is over; then `close`. */
  async quiet(withinMs: number): Promise<void> {
    const enough = new AbortController();
    const holding = this.hold().finally(() => {
      enough.abort();
    });
    await Promise.race([holding, wait(this.#given.ctx.clock, withinMs, enough.signal)]);
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    this.#isUp = false;
    this.#link?.close();
    await this.#running;
  }

  #beginAnew(link: DaemonLink, inMs: number): void {
    this.#lookAgain?.();
    this.#lookAgain = this.#given.ctx.clock.after(inMs, () => {
      link.close();
    });
  }

  /** One after the other, on the connection that there is. */
  #switch(work: (link: DaemonLink) => Promise<void>): Promise<void> {
    this.#switching = this.#switching.then(async () => {
      if (this.#link !== undefined && this.#isUp) await work(this.#link);
    });
    return this.#switching;
  }

  async #run(): Promise<void> {
    const { ctx } = this.#given;
    ctx.state({ name: 'connecting' });
    while (!this.#isStopping()) {
      const why = await this.#once();
      if (this.#isStopping()) return;
      const delay = this.#delay();
      ctx.state({ name: this.#isLoggedOut ? 'logged-out' : 'connecting', detail: why });
      ctx.log.warn('signal.disconnected', { retryInMs: delay });
      await wait(ctx.clock, delay, this.#stopping.signal);
    }
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  #delay(): number {
    const { first, most } = this.#given.config.reconnect;
    if (this.#isLoggedOut) return Math.max(first, Math.min(lookAgainMs, most));
    this.#losses += 1;
    return backOff({ first, most }, this.#losses - 1);
  }

  /** One connection, from beginning to end. @returns why there is none any more */
  async #once(): Promise<string> {
    const opened = await this.#open();
    if (!opened.ok) return opened.error;
    const link = opened.value;
    this.#link = link;
    this.#detail = undefined;
    this.#isLoggedOut = false;
    if (this.#isStopping()) link.close();
    const why = await this.#use(link);
    this.#lookAgain?.();
    this.#isUp = false;
    this.#link = undefined;
    link.close();
    await link.over;
    return why;
  }

  async #open(): Promise<Result<DaemonLink, string>> {
    const { ctx, config, handlers } = this.#given;
    const { clock } = ctx;
    const place = config.daemon;
    if (place.by !== 'http') return openSocketLink({ place, clock, handlers }, this.#stopping.signal);
    const api = ctx.api(place.origin);
    if (!(await isThere(api)))
      return err(`no signal-cli answers at ${placeWords(place)}: start its daemon with --http`);
    return ok(new HttpLink({ origin: place.origin, api, clock, handlers }));
  }

  async #use(link: DaemonLink): Promise<string> {
    const found = await this.#accounts(link);
    if (!found.ok) return found.error;
    this.#receiving = found.value;
    const refused = this.#held ? [] : await link.receive(found.value);
    if (refused.length === found.value.length && refused.length > 0) {
      this.#isLoggedOut = refused.some(({ unknownAccount }) => unknownAccount);
      return this.#isLoggedOut ? noAccount : 'signal-cli does not hand over what comes in';
    }
    if (refused.length > 0 || found.value.length < this.#lines.length) this.#detail = someMissing;
    if (refused.some(({ unknownAccount }) => !unknownAccount)) {
      this.#detail = someUnread;
      this.#beginAnew(link, this.#given.config.reconnect.most);
    }
    this.#isUp = !this.#isStopping();
    this.#losses = 0;
    if (this.#isUp) this.#say();
    return link.over;
  }

  /** A daemon that was started for one account has no `listAccounts`, and takes no `account`. */
  async #accounts(link: DaemonLink): Promise<Result<readonly Receiving[], string>> {
    const answer = await link.call('listAccounts', {});
    if (answer.kind === 'error' && answer.code === unknownMethod) {
      return ok(this.#lines.slice(0, 1).map((line) => ({ line, account: undefined })));
    }
    const listed = answer.kind === 'result' ? accountList.safeParse(answer.value) : undefined;
    if (listed?.success !== true) return err('signal-cli does not say which accounts it has');
    const names = new Set(listed.data.flatMap(({ number, aci }) => number ?? aci ?? []));
    const there = this.#lines.filter((line) => names.has(line));
    this.#isLoggedOut = there.length === 0;
    return there.length === 0 ? err(noAccount) : ok(there.map((line) => ({ line, account: line })));
  }

  #say(): void {
    const detail = this.#detail;
    const state: ConnectorState =
      detail === undefined ? { name: 'connected' } : { name: this.#isLoggedOut ? 'logged-out' : 'degraded', detail };
    this.#given.ctx.state(state);
  }
}

const noAccount = 'signal-cli has no account of our lines: register or link them there';
const someUnread = 'signal-cli does not hand over what comes in on some of the lines: they are asked for again';
const someMissing = 'signal-cli does not have the account of every line: register or link the missing ones there';
