/**
 * The simulated signal-cli daemon without its doors: accounts, what Signal's server keeps for them, who takes it, and the
 * commands. As the real one it acknowledges a message to Signal's server when it has it, hands it to whoever has
 * subscribed, and forgets it, whatever becomes of it there.
 */
import { z } from 'zod';
import { errors, RpcError } from './errors.ts';
import { methods, type House } from './methods.ts';
import { People, uuidOf, type SimPerson } from './people.ts';
import { Store } from './store.ts';

/** Takes what comes in for an account. */
export type Taker = (received: object, account: SimPerson) => void;

export interface DaemonOptions {
  readonly accounts: readonly string[];
  /** As started without `-a`: commands name their account. */
  readonly multi: boolean;
  /** `--receive-mode`. */
  readonly receiveMode: 'manual' | 'on-start';
}

interface Kept {
  readonly received: object;
  readonly timestamp: number;
}

const request = z.object({
  jsonrpc: z.string().optional(),
  method: z.string().optional(),
  params: z.record(z.string(), z.unknown()).optional(),
  id: z.union([z.string(), z.number(), z.null()]).optional(),
});

/** What a connection adds to the commands; undefined where it has none of that name. */
export type OwnCommand = (name: string, account: SimPerson | undefined, params: unknown) => unknown;

export class Daemon implements House {
  readonly people = new People();
  readonly store = new Store();
  readonly accounts: readonly SimPerson[];
  readonly options: DaemonOptions;
  challenge: House['challenge'];
  outage: House['outage'];
  unregistered = false;
  /** Requests are carried out and their answers are not given. */
  losesAnswers = false;
  /** So many streams of events over HTTP are answered with an error. */
  failsStreams = 0;
  /** What was refused, by its words. */
  readonly refused: string[] = [];
  readonly #server = new Map<SimPerson, Kept[]>();
  readonly #takers = new Map<SimPerson, Set<Taker>>();
  readonly #waiting = new Map<number, (taken: boolean) => void>();
  #last = 0;

  constructor(options: DaemonOptions) {
    this.options = options;
    this.accounts = options.accounts.map((number, i) =>
      this.people.add({ number, uuid: uuidOf(i + 1), name: `Account ${String(i + 1)}` }),
    );
  }

  now(): number {
    this.#last = Math.max(this.#last + 1, Date.now());
    return this.#last;
  }

  /**
   * Something is sent to an account. Resolves when Gatehouse said that it is on record (the daemon never hears of that),
   * or with false when Signal's server gave it up.
   */
  receive(account: SimPerson, received: { readonly envelope: { readonly timestamp: number } }): Promise<boolean> {
    const { timestamp } = received.envelope;
    const taken = new Promise<boolean>((resolve) => this.#waiting.set(timestamp, resolve));
    const kept = this.#server.get(account) ?? [];
    this.#server.set(account, kept);
    kept.push({ received: { account: account.number, ...received }, timestamp });
    this.#handOver(account);
    return taken;
  }

  /** Once more to whoever takes it: as a daemon does that received something twice. */
  handAgain(account: SimPerson, received: { readonly envelope: { readonly timestamp: number } }): Promise<boolean> {
    const taken = new Promise<boolean>((resolve) => this.#waiting.set(received.envelope.timestamp, resolve));
    for (const taker of this.#takersOf(account)) taker({ account: account.number, ...received }, account);
    return taken;
  }

  /** On record: everything that this text names by its time. */
  recorded(text: string): void {
    for (const digits of text.match(/\d{13}/gu) ?? []) {
      this.#waiting.get(Number(digits))?.(true);
      this.#waiting.delete(Number(digits));
    }
  }

  /** Signal keeps nothing for ever. */
  giveUp(): void {
    this.#server.clear();
    for (const resolve of this.#waiting.values()) resolve(false);
    this.#waiting.clear();
  }

  /** Messages that Signal's server keeps for the account. */
  kept(account: SimPerson): number {
    return this.#server.get(account)?.length ?? 0;
  }

  subscribe(account: SimPerson, taker: Taker): void {
    this.#takersOf(account).add(taker);
    this.#handOver(account);
  }

  unsubscribe(account: SimPerson, taker: Taker): void {
    this.#takersOf(account).delete(taker);
  }

  /** The answer to one line or body; undefined where none is given. */
  answer(text: string, own: OwnCommand): object | undefined {
    let id: unknown = null;
    try {
      const parsed = parsedRequest(text);
      id = parsed.id ?? null;
      const result = this.#run(parsed, own) ?? {};
      return this.losesAnswers ? undefined : { jsonrpc: '2.0', result, id };
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      this.refused.push(`${String(error.code)} ${error.message}`);
      const { code, message, data } = error;
      return this.losesAnswers ? undefined : { jsonrpc: '2.0', error: { code, message, data }, id };
    }
  }

  #run({ method = '', params = {} }: z.output<typeof request>, own: OwnCommand): unknown {
    if (method === 'version') return { version: '0.14.5' };
    if (method === 'listAccounts') {
      if (!this.options.multi) throw errors.noMethod();
      return this.accounts.map(({ number }) => ({ number }));
    }
    const { account: name, ...rest } = params;
    const account = this.#accountOf(name);
    const result = own(method, account, rest);
    if (result !== undefined) return result;
    const run = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (run === undefined) throw errors.noMethod();
    if (account === undefined) throw errors.badParams('Method requires valid account parameter');
    return run({ house: this, account }, rest);
  }

  #accountOf(name: unknown): SimPerson | undefined {
    if (!this.options.multi) {
      if (name !== undefined) throw errors.badParams('account: this daemon has but one');
      return this.accounts[0];
    }
    if (name === undefined) return undefined;
    const account = this.accounts.find(({ number }) => number === name);
    if (account === undefined) throw errors.badParams('Specified account does not exist');
    return account;
  }

  #takersOf(account: SimPerson): Set<Taker> {
    const takers = this.#takers.get(account) ?? new Set();
    this.#takers.set(account, takers);
    return takers;
  }

  #handOver(account: SimPerson): void {
    const takers = this.#takersOf(account);
    if (takers.size === 0 && this.options.receiveMode === 'manual') return;
    // With `on-start` it is taken from Signal's server though nobody is there to have it.
    const kept = this.#server.get(account) ?? [];
    this.#server.delete(account);
    for (const { received } of kept) for (const taker of takers) taker(received, account);
  }
}

function parsedRequest(text: string): z.output<typeof request> {
  if (text.trim() === '') throw errors.parse('Empty input line');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw errors.parse(error instanceof Error ? error.message : 'no JSON');
  }
  const parsed = request.safeParse(json);
  if (!parsed.success) throw errors.invalidRequest(z.prettifyError(parsed.error));
  if (parsed.data.jsonrpc !== '2.0') throw errors.invalidRequest('only jsonrpc version 2.0 is supported');
  if (parsed.data.method === undefined) throw errors.invalidRequest('method field must be set');
  return parsed.data;
}
