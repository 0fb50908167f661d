/**
 * All sessions of one connector: one to each place of the carrier, or two where sending and hearing are bound apart. A
 * chat goes over the same session while that one is bound, so that the carrier has no reason to turn two texts round; a
 * session that breaks leaves its chats to the others, and takes them back.
 */
import { hash } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import type { ConnectorState } from '../../core/ports/connector.ts';
import type { Log } from '../../core/ports/log.ts';
import type { PduBody } from './codec/pdu.ts';
import type { SmppConfig } from './config.ts';
import type { Answered } from './link.ts';
import { Outbinds } from './outbinds.ts';
import { Session, type SessionHandlers, type SessionOptions } from './session.ts';
import { openSocket } from '../socket/open-socket.ts';

export interface BindsHandlers extends Omit<SessionHandlers, 'state'> {
  /** Of all together, when it changes. */
  state(state: ConnectorState): void;
  /** So many are bound now. */
  bound(sessions: number): void;
}

/** One session, and what it is for. */
export interface Bind {
  readonly session: Session;
  readonly sends: boolean;
  /** The carrier connects when it likes: that it doesn't is no trouble. */
  readonly awaited: boolean;
  state: ConnectorState;
}

interface Given {
  readonly config: SmppConfig;
  readonly clock: Clock;
  readonly log: Log;
}

export class Binds {
  readonly #given: Given;
  readonly #handlers: BindsHandlers;
  readonly #binds: readonly Bind[];
  readonly #outbinds: Outbinds | undefined;
  #told = '';
  #count = 0;

  constructor(given: Given, handlers: BindsHandlers) {
    this.#given = given;
    this.#handlers = handlers;
    const { config } = given;
    this.#outbinds = config.outbind === undefined ? undefined : new Outbinds(given, config.outbind);
    const places = [config, ...config.binds].map(({ host, port }) => ({ host, port }));
    this.#binds = [...places.flatMap((place) => this.#bindsTo(place)), ...this.#awaited()];
  }

  get canSend(): boolean {
    return this.#binds.some(({ session, sends }) => sends && session.bound);
  }

  /** @throws Error in words when carriers can't be listened for. */
  async start(): Promise<void> {
    await this.#outbinds?.listen();
    for (const { session } of this.#binds) session.start();
  }

  request(chat: string, body: PduBody): Promise<Answered> {
    return this.#sessionFor(chat)?.request(body) ?? Promise.resolve({ kind: 'not-sent' });
  }

  /** Unbinds politely and closes, within `withinMs`. */
  async stop(withinMs: number): Promise<void> {
    this.#outbinds?.close();
    await Promise.all(this.#binds.map(({ session }) => session.stop(withinMs)));
  }

  #bindsTo(place: { readonly host: string; readonly port: number }): Bind[] {
    const { config, clock } = this.#given;
    const peer = { ...place, tls: config.tls, connectTimeout: config.bindTimeout };
    const open = (signal: AbortSignal) => openSocket(peer, clock, signal);
    if (config.bind === 'transceiver') return [this.#bind({ command: 'bind_transceiver', open })];
    const transmitter = this.#bind({ command: 'bind_transmitter', open });
    return config.bind === 'outbind' ? [transmitter] : [transmitter, this.#bind({ command: 'bind_receiver', open })];
  }

  #awaited(): Bind[] {
    const outbinds = this.#outbinds;
    if (outbinds === undefined) return [];
    return [this.#bind({ command: 'bind_receiver', open: (signal) => outbinds.next(signal), awaited: true })];
  }

  #bind({
    command,
    open,
    awaited = false,
  }: Pick<SessionOptions, 'command' | 'open'> & { readonly awaited?: boolean }): Bind {
    const { request, malformed, goodbye, began, ended } = this.#handlers;
    const session = new Session(
      { ...this.#given, command, open, nextNumber: () => (this.#count += 1) },
      {
        request,
        malformed,
        goodbye,
        began,
        ended,
        state: (state) => {
          bind.state = state;
          this.#tell();
        },
      },
    );
    const bind: Bind = { session, sends: command !== 'bind_receiver', awaited, state: { name: 'connecting' } };
    return bind;
  }

  /** Rendezvous hashing: who is bound doesn't matter to the chats of the others. */
  #sessionFor(chat: string): Session | undefined {
    const able = this.#binds.filter(({ session, sends }) => sends && session.bound);
    const [only] = able;
    if (able.length < 2) return only?.session;
    const weighed = able.map(({ session }) => ({
      session,
      weight: hash('sha1', `${this.#binds.findIndex((bind) => bind.session === session)} ${chat}`),
    }));
    return weighed.reduce((best, one) => (one.weight > best.weight ? one : best)).session;
  }

  #tell(): void {
    this.#handlers.bound(this.#binds.filter(({ session }) => session.bound).length);
    const state = stateOf(this.#binds);
    const told = JSON.stringify(state);
    if (told === this.#told) return;
    this.#told = told;
    this.#handlers.state(state);
  }
}

/** Of all together: what can't be sent at all decides first. */
export function stateOf(binds: readonly Pick<Bind, 'sends' | 'awaited' | 'state'>[]): ConnectorState {
  const needed = binds.filter(({ awaited }) => !awaited);
  const down = needed.filter(({ state }) => state.name !== 'connected');
  const [first] = down;
  if (first === undefined) return { name: 'connected' };
  if (needed.length === 1) return first.state;
  // Its first try isn't over.
  const trying = down.find(({ state }) => state.name === 'connecting' && state.detail === undefined);
  if (trying !== undefined) return { name: 'connecting' };
  const why = first.state.detail === undefined ? '' : `: ${first.state.detail}`;
  if (needed.some(({ sends, state }) => sends && state.name === 'connected')) {
    return { name: 'degraded', detail: `${down.length} of ${needed.length} binds are down${why}` };
  }
  const senders = down.filter(({ sends }) => sends);
  return senders.find(({ state }) => state.name !== 'bad-credentials')?.state ?? senders[0]?.state ?? first.state;
}
