/** Events that show an entry in a room, each under an id of its own, and the look whether one is there already. */
import { z } from 'zod';
import { parseEventId, type EventId } from '../core/ids.ts';
import type { JsonObject } from '../core/json.ts';
import type { Done, Homeserver, SendEvent, SoughtEvent } from '../core/ports/homeserver.ts';
import { ok } from '../core/result.ts';
import { firstEpoch, SOURCE_KEY, sourceMark, sourceOf, type EpochOf } from '../core/shown-source.ts';
import type { Actors } from './actors.ts';
import { call } from './calls.ts';
import { transactionId } from './transaction-id.ts';

/** Our own events of one user in one room, newest first: a repeat follows its first attempt closely. */
const PAGE = 100;
const MOST_PAGES = 5;
/** Synapse may see its own events a little out of time. */
const SKEW_MS = 60_000;

type Sent = Pick<SendEvent, 'as' | 'room' | 'source' | 'part'>;

/** The event of `sent` as far as the journal has it: asked before the homeserver is. */
export type EchoInJournal = (sent: Sent) => Promise<EventId | undefined>;

export interface SendingOptions {
  readonly echoInJournal?: EchoInJournal | undefined;
  /** The epoch that a position belongs to; left out, the log is in its first. */
  readonly epochOf?: EpochOf | undefined;
}

const eventIdShape = z.custom<EventId>((value) => parseEventId(value).ok, 'is not an event id');
const sentShape = z.object({ event_id: eventIdShape });
const pageShape = z.object({
  chunk: z.array(
    z.object({
      event_id: eventIdShape,
      origin_server_ts: z.number(),
      content: z.record(z.string(), z.unknown()),
    }),
  ),
  end: z.string().optional(),
});

export class Sending {
  readonly #actors: Actors;
  readonly #echoInJournal: EchoInJournal | undefined;
  readonly #epochOf: EpochOf;

  constructor(actors: Actors, { echoInJournal, epochOf = firstEpoch }: SendingOptions) {
    this.#actors = actors;
    this.#echoInJournal = echoInJournal;
    this.#epochOf = epochOf;
  }

  /** Our own PUT, not the library's: that one sends again under a new id when an answer is lost. */
  async send(event: SendEvent): Done<EventId> {
    const sent = await call(this.#actors, {
      as: event.as,
      method: 'PUT',
      path: ['rooms', event.room, 'send', event.type, this.#idOf(event)],
      body: { ...event.content, [SOURCE_KEY]: this.#markOf(event) },
      answer: sentShape,
    });
    return sent.ok ? ok(sent.value.event_id) : sent;
  }

  async redact(redaction: Parameters<Homeserver['redact']>[0]): Done<EventId> {
    const { as, room, event, source, part, reason } = redaction;
    const done = await call(this.#actors, {
      as,
      method: 'PUT',
      path: ['rooms', room, 'redact', event, this.#idOf({ as, room, source, part })],
      body: { ...(reason !== undefined && { reason }), [SOURCE_KEY]: this.#markOf({ source, part }) },
      answer: sentShape,
    });
    return done.ok ? ok(done.value.event_id) : done;
  }

  /**
   * Looks in the journal, then at the newest 500 events of `as` in the room. An event that was redacted since has lost
   * its source there: the journal is what remembers it.
   */
  async findEcho(sent: SoughtEvent): Done<EventId | undefined> {
    const recorded = await this.#echoInJournal?.(sent);
    if (recorded !== undefined) return ok(recorded);
    let from: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const got = await this.#page(sent, from);
      if (!got.ok) return got;
      const found = got.value.chunk.find((event) => this.#shows(event.content, sent));
      if (found !== undefined) return ok(found.event_id);
      from = got.value.end;
      if (from === undefined || isBefore(got.value.chunk.at(-1), sent.since)) return ok(undefined);
    }
    return ok(undefined);
  }

  #markOf({ source: position, part }: Pick<Sent, 'source' | 'part'>): JsonObject {
    return sourceMark({ position, part, epoch: this.#epochOf(position) });
  }

  /** The same position of two epochs is two entries: the homeserver must not take the later for a repeat. */
  #idOf(sent: Sent): string {
    const epoch = this.#epochOf(sent.source);
    const source = epoch === 1 ? String(sent.source) : `${String(epoch)}/${String(sent.source)}`;
    return transactionId([sent.as, sent.room, source, sent.part]);
  }

  #shows(content: Readonly<Record<string, unknown>>, sent: Sent): boolean {
    const shown = sourceOf(content);
    if (shown?.position !== sent.source || shown.part !== sent.part) return false;
    return shown.epoch === this.#epochOf(sent.source);
  }

  #page(sent: Sent, from: string | undefined): Done<z.infer<typeof pageShape>> {
    return call(this.#actors, {
      as: sent.as,
      method: 'GET',
      path: ['rooms', sent.room, 'messages'],
      query: {
        dir: 'b',
        limit: String(PAGE),
        filter: JSON.stringify({ senders: [sent.as] }),
        ...(from !== undefined && { from }),
      },
      answer: pageShape,
    });
  }
}

function isBefore(oldest: { readonly origin_server_ts: number } | undefined, since: number | undefined): boolean {
  return oldest !== undefined && since !== undefined && oldest.origin_server_ts < since - SKEW_MS;
}
