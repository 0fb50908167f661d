/** Puts on record what a call of the provider's brings. */
import { createHash } from 'node:crypto';
import type { JSONValue } from 'json-p3';
import { endsOf } from '../../core/network-entries.ts';
import type {
  ConnectorContext,
  KvEdit,
  NetworkEvent,
  OutboundUpdate,
  RemoteTyping,
} from '../../core/ports/connector.ts';
import { InOrder } from '../in-order.ts';
import type { HttpConfig } from './config.ts';
import { parseBody, valuesAt } from './json-path.ts';
import type { Profiles } from './profiles.ts';
import { mapped, updateOf, type Mapped } from './rules.ts';
import type { SentNotes } from './sent-notes.ts';

/** Of a body with many events, only the first has all of it: the others have what is theirs. */
const wholeMostBytes = 256 * 1024;

interface Parts {
  readonly ctx: ConnectorContext;
  readonly config: HttpConfig;
  readonly notes: SentNotes;
  readonly profiles: Profiles | undefined;
}

interface Taken {
  readonly events: NetworkEvent[];
  readonly updates: OutboundUpdate[];
  readonly typing: RemoteTyping[];
  readonly notes: KvEdit[];
}

export class Inbound {
  readonly #parts: Parts;
  readonly #inOrder = new InOrder();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Bodies are read, and asked to be recorded, in the order in which they came. @throws when it is not on record */
  receive(body: Uint8Array): Promise<void> {
    return this.#inOrder.take(
      () => this.#read(body),
      (taken) => this.#record(taken),
    );
  }

  async #record({ events, updates, typing, notes }: Taken): Promise<void> {
    const { ctx, profiles } = this.#parts;
    const asked = updates.map((update) => ctx.outcome(update));
    if (events.length > 0) asked.unshift(ctx.ingest(events, notes));
    await Promise.all(asked);
    profiles?.wake();
    for (const one of typing) ctx.typing(one);
  }

  async #read(bytes: Uint8Array): Promise<Taken> {
    const { ctx, config } = this.#parts;
    const taken: Taken = { events: [], updates: [], typing: [], notes: [] };
    const body = parseBody(Buffer.from(bytes).toString('utf8'));
    const found: readonly JSONValue[] =
      body === undefined ? [] : valuesAt(config.receive.events, { event: body, body }, Infinity);
    const now = ctx.clock.now();
    if (body === undefined) {
      const id = `unread/${createHash('sha256').update(bytes).digest('hex').slice(0, 40)}`;
      const what = `something of ${config.title} that is no JSON`;
      taken.events.push({ kind: 'unsupported', what, id, sure: true, at: now, raw: bytes });
    }
    let given = 0;
    for (const event of found) {
      given += bytes.length;
      const raw = given === bytes.length || given <= wholeMostBytes ? bytes : Buffer.from(JSON.stringify(event));
      const lines = ctx.lines;
      await this.#take(mapped({ event, body: body ?? null }, { now, raw }, { config, lines }), taken);
    }
    taken.notes.push(...((await this.#parts.profiles?.wantedBy(taken.events)) ?? []));
    return taken;
  }

  async #take({ events, updates, typing, upTo, notes = [] }: Mapped, taken: Taken): Promise<void> {
    taken.events.push(...events);
    taken.updates.push(...updates);
    taken.notes.push(...notes);
    if (typing !== undefined) taken.typing.push(typing);
    if (upTo === undefined) return;
    const { line, chat } = endsOf(upTo.ends);
    for (const id of await this.#parts.notes.upTo({ line, chat }, upTo.at)) {
      taken.updates.push(updateOf(upTo.base, id, upTo.state));
    }
  }
}
