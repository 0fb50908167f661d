/** A record and a homeserver to compare: the real journal and ledger, with a room history and a sweep of the test's own. */
import { bridgeWriterPart } from '../../../../src/bridge/projections.ts';
import { ReceivedSources } from '../../../../src/journal/received-sources.ts';
import { reconcileWriterPart } from '../../../../src/bridge/reconcile/projections.ts';
import { Reconciler, type Asked } from '../../../../src/bridge/reconcile/reconcile.ts';
import type { ProviderLists } from '../../../../src/bridge/reconcile/missed.ts';
import type { Draft, DraftOf } from '../../../../src/core/entry.ts';
import {
  must,
  parseEventId,
  parseMillis,
  parseRoomId,
  type Millis,
  type Position,
  type RoomId,
} from '../../../../src/core/ids.ts';
import type { GapSweep, SweepOptions } from '../../../../src/core/ports/gap-sweep.ts';
import type { Done } from '../../../../src/core/ports/homeserver.ts';
import type { HistoryPage, RoomHistory } from '../../../../src/core/ports/room-history.ts';
import { err, ok } from '../../../../src/core/result.ts';
import type { ReconcileReport } from '../../../../src/core/watch-entries.ts';
import type { Place } from '../../../../src/journal/open-writer.ts';
import { openTestJournal, type TestJournal } from '../../../support/journal.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import type { TestPostgres } from '../../../support/postgres.ts';
import { KeptLog } from '../../../support/quiet.ts';
import { DOMAIN, user } from '../fake-homeserver.ts';
import { ann, sales } from '../house.ts';

export const DAY = 86_400_000;
/** Noon of a day, UTC. */
export const noon = Date.UTC(2026, 2, 9, 12);

type EventDraft = DraftOf<'matrix.event'>;

export function room(n: number): RoomId {
  return must(parseRoomId(`!room${String(n)}:${DOMAIN}`));
}

export function eventAt(at: number, id: string, where: RoomId = room(1)): EventDraft {
  const event_id = must(parseEventId(`$${id}`));
  const time = must(parseMillis(at));
  return {
    kind: 'matrix.event',
    at: time,
    source: { system: 'matrix', id: event_id, sure: true },
    actor: user('alice'),
    room: where,
    body: {
      event_id,
      type: 'm.room.message',
      room_id: where,
      sender: user('alice'),
      origin_server_ts: time,
      content: { msgtype: 'm.text', body: id },
    },
  };
}

/** A homeserver's rooms: events oldest first; pages of three, so that a few events make several. */
class FakeHistory implements RoomHistory {
  reach: 'all' | 'ours' = 'all';
  readonly rooms_ = new Map<RoomId, EventDraft[]>();
  readonly pruned = new Set<string>();
  requests = 0;
  /** How each request ends, by its number, where not well. */
  failing: (request: number, room?: RoomId) => 'down' | 'forbidden' | 'rate-limited' | undefined = () => undefined;
  readonly #page: number;

  constructor(page = 3) {
    this.#page = page;
  }

  has(...events: readonly EventDraft[]): void {
    for (const event of events) {
      const where = event.body.room_id;
      this.rooms_.set(where, [...(this.rooms_.get(where) ?? []), event]);
    }
  }

  rooms(from = '0'): Done<{ readonly rooms: readonly RoomId[]; readonly next?: string }> {
    const failed = this.#failed();
    if (failed !== undefined) return Promise.resolve(failed);
    const start = Number(from);
    const rooms = [...this.rooms_.keys()].slice(start, start + 2);
    const next = start + 2 < this.rooms_.size ? { next: String(start + 2) } : {};
    return Promise.resolve(ok({ rooms, ...next }));
  }

  page(where: RoomId, from = '0'): Done<HistoryPage> {
    const failed = this.#failed(where);
    if (failed !== undefined) return Promise.resolve(failed);
    const all = (this.rooms_.get(where) ?? []).toReversed();
    const start = Number(from);
    const events = all
      .slice(start, start + this.#page)
      .map((draft) => ({ id: draft.body.event_id, at: draft.at, pruned: this.pruned.has(draft.source.id), draft }));
    const end = start + this.#page < all.length ? { end: String(start + this.#page) } : {};
    return Promise.resolve(ok({ events, ...end }));
  }

  #failed(where?: RoomId) {
    this.requests += 1;
    const failed = this.failing(this.requests, where);
    if (failed === undefined) return undefined;
    if (failed === 'forbidden') return err({ kind: failed, errcode: 'M_FORBIDDEN', detail: '' });
    return failed === 'down' ? err({ kind: failed, detail: '' }) : err({ kind: failed, afterMs: 10 });
  }
}

export interface House extends AsyncDisposable {
  readonly history: FakeHistory;
  readonly test: TestJournal;
  readonly clock: ManualClock;
  readonly log: KeptLog;
  readonly swept: SweepOptions[];
  /** What the sweep brings: everything that is missing, unless a test says otherwise. */
  fetches: (draft: Draft) => boolean;
  beforeSweepEnds: () => Promise<unknown>;
  lists: ProviderLists;
  record(...drafts: readonly Draft[]): Promise<readonly Position[]>;
  /** A customer's message. */
  customer(at: number, id: string): Draft;
  reconcile(more?: Partial<Asked>): Promise<ReconcileReport>;
  readonly reconciler: () => Reconciler;
}

export interface HouseOptions {
  readonly pageSize?: number;
  readonly postgres?: TestPostgres | undefined;
  /** Opens this place again instead of a new one. */
  readonly place?: Place;
  /** The time at which the record begins; three days before noon unless told. */
  readonly began?: number;
}

export async function openHouse(options: HouseOptions = {}): Promise<House> {
  const clock = new ManualClock(options.began ?? noon - 3 * DAY);
  const parts = [bridgeWriterPart({ domain: DOMAIN }), reconcileWriterPart()];
  const { postgres, place } = options;
  const at = { ...(postgres === undefined ? {} : { postgres }), ...(place === undefined ? {} : { place }) };
  const test = await openTestJournal({ parts, clock, ...at });
  const { journal } = test;
  const history = new FakeHistory(options.pageSize);
  const log = new KeptLog();
  const swept: SweepOptions[] = [];
  const sources = new ReceivedSources(journal.database, journal.keys);
  const sweep: Pick<GapSweep, 'sweep'> = {
    sweep: async (by, given = {}) => {
      swept.push(given);
      const all = [...history.rooms_.values()].flat();
      const missing: EventDraft[] = [];
      for (const draft of all) {
        const absent = (await sources.missing([sources.keyOf(draft.source)])).length > 0;
        if (absent && house.fetches(draft)) missing.push(draft);
      }
      await journal.append(missing.map((draft) => ({ ...draft, source: { ...draft.source, late: { by: 'gap' } } })));
      await house.beforeSweepEnds();
      const unreadable = missing.filter((draft) => history.pruned.has(draft.source.id)).length;
      const events = missing.length;
      const counts = { events, fetched: events - unreadable, unreadable };
      return { by, rooms: history.rooms_.size, ...counts, failedRooms: 0, complete: true, at: clock.now() };
    },
  };
  const lines = [sales];
  const lists: ProviderLists = { takeIn: (...asked) => house.lists.takeIn(...asked) };
  const reconciler = new Reconciler({ journal, sources, lines, history, sweep, lists, clock, log });
  const house: House = {
    ...{ history, test, clock, log, swept },
    fetches: () => true,
    beforeSweepEnds: () => Promise.resolve(),
    lists: { takeIn: () => Promise.resolve(undefined) },
    record: async (...drafts) => (await journal.append(drafts)).map((one) => one.position),
    customer: (at, id) => ({
      kind: 'network.message',
      at: must(parseMillis(at)),
      source: { system: `network:${sales.connector}`, id, sure: true },
      line: sales.id,
      body: { connector: sales.connector, network: sales.network, to: sales.address, from: ann, text: id },
    }),
    reconcile: async (more = {}) => {
      const report = await reconciler.reconcile({
        ...{ by: 'cli', since: must(parseMillis(clock.now() - DAY)), signal: new AbortController().signal },
        ...more,
      });
      if (report === 'stopped') throw new Error('it was stopped');
      await journal.append([report]);
      return report.body;
    },
    reconciler: () => reconciler,
    [Symbol.asyncDispose]: () => test[Symbol.asyncDispose](),
  };
  // The record begins here: what is older was nobody's to bring.
  await house.record(eventAt(clock.now(), 'first'));
  clock.advance(noon - clock.now());
  return house;
}

export function millis(at: number): Millis {
  return must(parseMillis(at));
}
