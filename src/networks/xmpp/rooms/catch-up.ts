/**
 * Brings what was written in a room while we were away, from the room's archive: a room tells a newcomer a few of its
 * last messages only. Until that is on record, what comes from the room waits here, so that all of it is recorded in the
 * order in which it was written. Where the archive does not answer, what came meanwhile goes on, and the archive is asked
 * again later from the same place: nothing is passed over, and whatever is told twice has one id.
 */
import { unlessAborted } from '../../../core/unless-aborted.ts';
import type { ConnectorContext } from '../../../core/ports/connector.ts';
import type { Arrival } from '../arrival.ts';
import type { IqAnswer, Iqs } from '../iqs.ts';
import { readJid } from '../jid.ts';
import { bounceOf } from '../stanzas/errors.ts';
import type { XmlElement } from '../xml/element.ts';
import { archivedMessage, archiveQuery, queryOf, readPageEnd, type Since } from './archive.ts';
import type { Room } from './room.ts';

export interface CatchUpOptions {
  readonly ctx: Pick<ConnectorContext, 'clock' | 'log'>;
  readonly iqs: Iqs;
  readonly jidOf: (room: Room) => string;
  /** @returns false where it could not be put on record. */
  readonly take: (arrival: Arrival, room: Room, archived: boolean) => Promise<boolean>;
}

/** Of one room, what waits; more is let go, and asked of the archive again. */
const maxHeld = 1_000;
const maxHeldBytes = 4_194_304;
const againMs = 30_000;
/** How far the room's clock may be behind ours; what comes again by it has a known id. */
const skewMs = 60_000;

type Outcome = 'complete' | 'refused' | 'later';

interface Walk {
  readonly room: Room;
  readonly query: string;
  readonly over: AbortController;
  readonly working: Set<Promise<void>>;
  held: Arrival[];
  heldBytes: number;
  /** More came than may wait. */
  spilled: boolean;
  failed: boolean;
}

export class CatchUp {
  readonly #options: CatchUpOptions;
  /** By the room's key: at most one for each room. */
  readonly #walks = new Map<string, Walk>();
  readonly #timers = new Map<string, () => void>();
  #asked = 0;

  constructor(options: CatchUpOptions) {
    this.#options = options;
  }

  /** We are about to enter: from now on what the room says waits, where its archive is read first. */
  prepare(room: Room): void {
    const isNew = room.last === undefined && room.seen === undefined;
    if (this.#walks.has(room.key)) return;
    room.behind = room.hasArchive && room.setsIds && !isNew;
    if (!room.behind) return;
    this.#asked += 1;
    const query = `gh-mam-${String(this.#asked)}`;
    const walk = { room, query, over: new AbortController(), working: new Set<Promise<void>>() };
    this.#walks.set(room.key, { ...walk, held: [], heldBytes: 0, spilled: false, failed: false });
  }

  /** We are in. */
  entered(room: Room): void {
    const walk = this.#walks.get(room.key);
    if (walk === undefined) return;
    this.#run(walk).catch((error: unknown) => {
      this.#drop(walk);
      this.#options.ctx.log.error('xmpp.room-failed', {}, error);
    });
  }

  /** We are out of it: what waits is in the archive. */
  left(room: Room): void {
    this.#timers.get(room.key)?.();
    this.#timers.delete(room.key);
    const walk = this.#walks.get(room.key);
    if (walk !== undefined) this.#drop(walk);
  }

  /** What waits is in the archive, and must not get on record before what stands in front of it. */
  stop(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    for (const walk of Array.from(this.#walks.values())) this.#drop(walk);
  }

  /** @returns whether it waits. */
  holds(arrival: Arrival, room: Room): boolean {
    const walk = this.#walks.get(room.key);
    if (walk === undefined) return false;
    if (walk.held.length >= maxHeld || walk.heldBytes + arrival.raw.length > maxHeldBytes) {
      walk.spilled = true;
      return true;
    }
    walk.held.push(arrival);
    walk.heldBytes += arrival.raw.length;
    return true;
  }

  /** @returns undefined for what is no answer of this room's to a question of ours. */
  result(arrival: Arrival, room: Room): Promise<void> | undefined {
    const walk = this.#walks.get(room.key);
    if (walk === undefined || arrival.from.resource !== '' || queryOf(arrival.stanza) !== walk.query) return undefined;
    const taking: Promise<void> = this.#archived(walk, arrival).finally(() => walk.working.delete(taking));
    walk.working.add(taking);
    return taking;
  }

  async #archived(walk: Walk, arrival: Arrival): Promise<void> {
    const { room } = walk;
    const stanza = archivedMessage(arrival.stanza, room.wish.room);
    const from = readJid(stanza?.attrs['from'] ?? '');
    // After one that could not be recorded nothing later may be: the archive is asked from there again.
    if (stanza === undefined || from === undefined || walk.failed) return;
    if (!(await this.#options.take({ ...arrival, stanza, from }, room, true))) walk.failed = true;
  }

  async #run(walk: Walk): Promise<void> {
    const { room } = walk;
    const outcome = await this.#pages(walk);
    if (isOver(walk)) return;
    if (outcome === 'refused') this.#options.ctx.log.warn('xmpp.archive-refused');
    // What was let go comes after what waits: the record must not say that it has gone by.
    if (outcome !== 'later') room.behind = walk.spilled && outcome === 'complete';
    await this.#release(walk);
    if (isOver(walk)) return;
    this.#walks.delete(room.key);
    if (room.behind) this.#later(room, outcome === 'later' ? againMs : 0);
  }

  async #pages(walk: Walk): Promise<Outcome> {
    const { room } = walk;
    const byTime: Since = { start: Math.max(0, (room.seen ?? 0) - skewMs) };
    let since: Since = room.last === undefined ? byTime : { after: room.last };
    for (;;) {
      const page = await this.#page(walk, since);
      if (typeof page === 'string' && page !== 'forgotten') return page;
      since = page === 'forgotten' ? byTime : page;
    }
  }

  /** @returns where the next one begins, or that there is none. */
  async #page(walk: Walk, since: Since): Promise<Outcome | 'forgotten' | Since> {
    const { room, query, working, over } = walk;
    const answer = await this.#ask(room, query, since);
    await unlessAborted(Promise.allSettled(working), over.signal);
    if (over.signal.aborted || answer.is === 'silence' || walk.failed) return 'later';
    if (answer.is === 'error') return isForgotten(answer.iq, since) ? 'forgotten' : 'refused';
    const end = readPageEnd(answer.iq);
    if (end === undefined) return 'refused';
    return end.complete || end.last === undefined || isSame(since, end.last) ? 'complete' : { after: end.last };
  }

  #ask(room: Room, query: string, since: Since): Promise<IqAnswer> {
    const { iqs, jidOf } = this.#options;
    const payload = archiveQuery(query, since);
    return iqs.ask({ from: jidOf(room), to: room.wish.room, payload, type: 'set' });
  }

  /** More may come while it goes. */
  async #release(walk: Walk): Promise<void> {
    while (!isOver(walk)) {
      const next = walk.held.shift();
      if (next === undefined) return;
      walk.heldBytes -= next.raw.length;
      await this.#options.take(next, walk.room, false);
    }
  }

  #later(room: Room, afterMs: number): void {
    const cancel = this.#options.ctx.clock.after(afterMs, () => {
      this.#timers.delete(room.key);
      if (room.state !== 'in') return;
      this.prepare(room);
      this.entered(room);
    });
    this.#timers.set(room.key, cancel);
  }

  #drop(walk: Walk): void {
    walk.over.abort();
    walk.held = [];
    this.#walks.delete(walk.room.key);
  }
}

/** The archive does not keep that message any more. */
function isForgotten(iq: XmlElement, since: Since): boolean {
  return 'after' in since && bounceOf(iq).condition === 'item-not-found';
}

function isOver({ over }: Walk): boolean {
  return over.signal.aborted;
}

function isSame(since: Since, last: string): boolean {
  return 'after' in since && since.after === last;
}
