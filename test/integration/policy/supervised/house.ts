/** Rooms that are looked after: a real journal with the bridge's tables, the real joining, and a homeserver in memory. */
import { Supervising } from '../../../../src/app/policy-supervised.ts';
import { bridgeWriterPart } from '../../../../src/bridge/projections.ts';
import { isOurUser } from '../../../../src/bridge/people/our-users.ts';
import { useOfRoom } from '../../../../src/bridge/portals/room-store.ts';
import type { Entry, MatrixEvent, RoomUse } from '../../../../src/core/entry.ts';
import { must, parsePosition, type RoomId, type UserId } from '../../../../src/core/ids.ts';
import type { PolicyBodies } from '../../../../src/core/policy-entries.ts';
import { isJsonObject, type JsonObject } from '../../../../src/core/json.ts';
import type { Place } from '../../../../src/journal/open-writer.ts';
import { barriersOf, type People } from '../../../../src/policy/presend/barriers.ts';
import { supervisedWriterPart } from '../../../../src/policy/supervised/projections.ts';
import { createTaskRunner } from '../../../../src/tasks/runner.ts';
import type { TaskHandlers } from '../../../../src/tasks/task.ts';
import { openTestJournal } from '../../../support/journal.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { KeptLog, KeptMetrics } from '../../../support/quiet.ts';
import { DOMAIN, eventDraft, FakeHomeserver, user } from '../../bridge/fake-homeserver.ts';

export const [alice, bob, carol, dan, olivia] = [
  user('alice'),
  user('bob'),
  user('carol'),
  user('dan'),
  user('olivia'),
];

const bots = new Set<string>([user('gatehouse'), user('compliance')]);
export const supervisedParts = [
  bridgeWriterPart({ domain: DOMAIN }),
  supervisedWriterPart({
    isOurs: (who) => isOurUser(who, DOMAIN),
    isBot: (who) => bots.has(who),
    isOurRoom: async (reading, room) => (await useOfRoom(reading, room)) !== undefined,
    reads: ['rooms'],
  }),
];

export interface Given {
  /** What a life before left: the same journal and the same homeserver. */
  readonly after?: SupervisedHouse;
  readonly barriers?: readonly { readonly between: readonly string[] }[];
  /** What stands in the way of the handlers, as a crash does. */
  readonly handlers?: (real: TaskHandlers) => TaskHandlers;
}

export interface SupervisedHouse extends AsyncDisposable {
  readonly place: Place;
  readonly clock: ManualClock;
  readonly homeserver: FakeHomeserver;
  readonly supervising: Supervising;
  /** Who is in which group; undefined where that can't be read. */
  readonly people: Map<string, People>;
  readonly log: KeptLog;
  room(name: string, as: UserId, members?: readonly UserId[]): Promise<RoomId>;
  use(room: RoomId, use: RoomUse): Promise<void>;
  /** The archive brings what was said and done; then all tasks are played. */
  settle(): Promise<void>;
  look(): Promise<void>;
  changes(): Promise<readonly PolicyBodies['policy.room-changed'][]>;
  crossings(): Promise<readonly PolicyBodies['policy.barrier-crossed'][]>;
  /** What @compliance said in a room. */
  told(room: RoomId): readonly string[];
  close(): Promise<void>;
}

/** sales are alice and bob, research is dan. */
export async function supervisedHouse(given: Given = {}): Promise<SupervisedHouse> {
  const { after } = given;
  const clock = after?.clock ?? new ManualClock();
  const homeserver = after?.homeserver ?? new FakeHomeserver(clock);
  const [log, metrics] = [new KeptLog(), new KeptMetrics()];
  const place = after === undefined ? {} : { place: after.place };
  const test = await openTestJournal({ parts: supervisedParts, clock, ...place });
  const { journal } = test;
  const policy = { presend: { enabled: true, shadow: false } };
  const people = new Map<string, People>([
    ['sales', new Set([alice, bob])],
    ['research', new Set([dan])],
  ]);
  const barriers = barriersOf(given.barriers ?? [{ between: ['sales', 'research'] }], (name) =>
    Promise.resolve(people.get(name)),
  );
  const supervising = new Supervising({ config: { policy }, journal, clock, log }, barriers);
  const real = supervising.handlers(homeserver);
  const handlers = given.handlers?.(real) ?? real;
  const runner = createTaskRunner({ journal, handlers, clock, log, metrics, parallel: 1, random: () => 0 });
  runner.start();
  const bring = async (): Promise<void> => {
    await runner.idle();
    for (let events = homeserver.unseen.splice(0); events.length > 0; events = homeserver.unseen.splice(0)) {
      const appended = await journal.append(events.map((event) => eventDraft(event, 'archive')));
      const came = events.map((event: MatrixEvent, n) => {
        const { at, actor } = eventDraft(event);
        const sender = actor === undefined ? {} : { sender: actor };
        return { at, event, duplicate: appended[n]?.duplicate === true, ...sender };
      });
      supervising.captured('archive', came);
      await runner.idle();
    }
  };
  const entries = async (): Promise<readonly Entry[]> => {
    const positions = Array.from({ length: await journal.size() }, (_, n) => must(parsePosition(n + 1)));
    return (await journal.readMany(positions)).filter((entry): entry is Entry => !('erased' in entry));
  };
  const close = async (): Promise<void> => {
    await supervising[Symbol.asyncDispose]();
    await runner.stop(1_000);
    await test.close();
  };
  return {
    ...{ place: test.place, clock, homeserver, supervising, people, log, close },
    room: async (name, as, members = []) => {
      const made = await homeserver.createRoom({ as, name, invite: members, creationContent: {}, initialState: [] });
      if (!made.ok) throw new Error('no room');
      homeserver.change(as, made.value, { type: 'm.room.name', content: { name } });
      return made.value;
    },
    use: async (room, use) => {
      const source = { system: 'gatehouse', id: `made/${room}`, sure: true };
      await journal.append([{ kind: 'room.made', at: clock.now(), source, body: { room, use } }]);
    },
    settle: bring,
    look: async () => {
      await supervising.look();
      await runner.idle();
    },
    changes: async () =>
      (await entries()).flatMap((entry) => (entry.kind === 'policy.room-changed' ? [entry.body] : [])),
    crossings: async () =>
      (await entries()).flatMap((entry) => (entry.kind === 'policy.barrier-crossed' ? [entry.body] : [])),
    told: (room) =>
      (homeserver.rooms.get(room)?.events ?? []).flatMap(({ sender, type, content }) =>
        sender === homeserver.compliance && type === 'm.room.message' && isJsonObject(content) ? [bodyOf(content)] : [],
      ),
    [Symbol.asyncDispose]: async () => {
      await close();
      await test[Symbol.asyncDispose]();
    },
  };
}

function bodyOf({ body }: JsonObject): string {
  return typeof body === 'string' ? body : '';
}
