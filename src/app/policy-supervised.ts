/** Rooms that are looked after: joined to the record, the homeserver and the desks. */
import { roomGoneDraft } from '../bridge/drafts.ts';
import { roomTitle } from '../bridge/gaps/room-title.ts';
import { turnOf } from '../bridge/homeserver-turn.ts';
import { portalByRoom } from '../bridge/portals/portal-store.ts';
import { membersOf, roomsOf } from '../bridge/portals/room-member-store.ts';
import { useOfRoom } from '../bridge/portals/room-store.ts';
import { Allowance } from '../bridge/rooms/allowance.ts';
import { givesPower, powerOf } from '../bridge/rooms/own-power.ts';
import { personName } from '../bridge/rooms/person-name.ts';
import { otherRoom } from '../bridge/portals/room-lineage-store.ts';
import { tellDesks } from '../bridge/tell-desks.ts';
import type { Config } from '../config/config.ts';
import type { RoomUse } from '../core/entry.ts';
import type { RoomId, UserId } from '../core/ids.ts';
import type { HealthReport } from '../core/ports/health.ts';
import type { Homeserver } from '../core/ports/homeserver.ts';
import type { Captured } from '../matrix/recording.ts';
import type { Service } from '../matrix/ping.ts';
import type { Barriers } from '../policy/presend/barriers.ts';
import { CrossingWatch } from '../policy/supervised/crossing-watch.ts';
import { CHANGED } from '../policy/supervised/projections.ts';
import { roomChangedTask } from '../policy/supervised/room-changed.ts';
import { openCrossings, unreadableRooms } from '../policy/supervised/supervised-store.ts';
import { tellTasks } from '../policy/supervised/tell.ts';
import type { Reading } from '../storage/database.ts';
import type { Sealer } from '../storage/sealer.ts';
import type { TaskHandlers } from '../tasks/task.ts';
import type { AppSetting } from './setting.ts';

/** Against a program that does it again each time. */
const UNDONE_PER_HOUR = 5;
/** Encrypted rooms that are told of one by one; health counts all of them. */
const TOLD_PER_HOUR = 20;

type PolicyConfig = Config['policy'];

interface SupervisingSetting extends Pick<AppSetting, 'journal' | 'clock' | 'log'> {
  readonly config: { readonly policy: { readonly presend: Pick<PolicyConfig['presend'], 'enabled' | 'shadow'> } };
}

/** A portal, also one of before or to be; a room of our own making; or none of ours. */
export async function placeIn(reading: Reading, sealer: Sealer, room: RoomId): Promise<'portal' | RoomUse | undefined> {
  const portal = (await portalByRoom(reading, sealer, room)) ?? (await otherRoom(reading, room));
  return portal === undefined ? useOfRoom(reading, room) : 'portal';
}

export class Supervising implements AsyncDisposable {
  readonly #setting: SupervisingSetting;
  readonly #crossings: CrossingWatch;

  constructor(setting: SupervisingSetting, barriers: Barriers) {
    const { journal, clock, log } = setting;
    const { views } = journal;
    this.#setting = setting;
    this.#crossings = new CrossingWatch({
      ...{ journal, barriers, clock, log },
      roomsOf: (users) => views.read((reading) => roomsOf(reading, views.sealer, users)),
      membersOf: (room) => this.membersOf(room),
      isOurRoom: async (room) => (await this.placeOf(room)) !== undefined,
    });
  }

  start(): void {
    this.#crossings.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#crossings[Symbol.asyncDispose]();
  }

  /** Now, and not when it is due. */
  look(): Promise<void> {
    return this.#crossings.look();
  }

  captured(service: Service, events: readonly Captured[]): void {
    if (service === 'archive') this.#crossings.captured(events);
  }

  handlers(homeserver: Homeserver): TaskHandlers {
    const { config, journal, clock } = this.#setting;
    const undone = new Allowance(UNDONE_PER_HOUR, clock);
    const told = new Allowance(TOLD_PER_HOUR, clock);
    const { enabled, shadow } = config.policy.presend;
    const run = roomChangedTask({
      ...{ homeserver, clock, givesPower },
      placeOf: (room) => this.placeOf(room),
      powerOf: (at) => powerOf(at, homeserver),
      gone: (room) => roomGoneDraft(clock.now(), { room, why: 'removed' }),
      mayUndo: (room, what) => undone.take(`${room} ${what}`) !== undefined,
    });
    const tell = tellTasks({
      tell: async (telling) => {
        const done = await tellDesks(telling, { homeserver, journal });
        return done.ok ? { to: 'done' } : turnOf(done.error);
      },
      titleOf: (room) => roomTitle(room, journal),
      person: personName,
      mayTell: () => told.take('encrypted') !== undefined,
      refuses: enabled && !shadow,
    });
    return new Map([...tell, [CHANGED, { run }]]);
  }

  placeOf(room: RoomId): Promise<'portal' | RoomUse | undefined> {
    const { views } = this.#setting.journal;
    return views.read((reading) => placeIn(reading, views.sealer, room));
  }

  async membersOf(room: RoomId): Promise<readonly UserId[]> {
    const { views } = this.#setting.journal;
    const members = await views.read((reading) => membersOf(reading, views.sealer, room));
    return members.map(({ user }) => user);
  }

  /** What health says of it. */
  async status(): Promise<Pick<HealthReport, 'unreadable' | 'crossed'>> {
    const { journal } = this.#setting;
    const { rooms, messages, newest } = await journal.views.read(unreadableRooms);
    const crossed = new Set((await journal.views.read(openCrossings)).map(({ room }) => room)).size;
    const names = await Promise.all(newest.map((room) => roomTitle(room, journal)));
    return { unreadable: { rooms, messages, names }, crossed };
  }
}
