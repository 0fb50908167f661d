/** Who may use which line. Groups that are Matrix rooms are read from the homeserver, at most once a minute each. */
import type { Clock } from '../../core/clock.ts';
import {
  must,
  parseRoomAlias,
  parseRoomId,
  type LineId,
  type RoomAlias,
  type RoomId,
  type UserId,
} from '../../core/ids.ts';
import type { GroupDirectory, Line, StaffDirectory } from '../../core/line.ts';
import type { Homeserver } from '../../core/ports/homeserver.ts';
import type { Log } from '../../core/ports/log.ts';

/** A line with the people and groups that its config names. */
export interface StaffedLine extends Line {
  readonly staffUsers: readonly UserId[];
  readonly staffGroups: readonly string[];
}

export type StaffGroup =
  | { readonly kind: 'list'; readonly users: readonly UserId[] }
  | { readonly kind: 'room'; readonly room: RoomId | RoomAlias }
  | { readonly kind: 'directory'; readonly directory: string };

export interface StaffDirectoryOptions {
  readonly lines: readonly StaffedLine[];
  readonly groups: ReadonlyMap<string, StaffGroup>;
  readonly homeserver: Pick<Homeserver, 'resolveAlias' | 'members' | 'gatehouse' | 'isOurs'>;
  readonly clock: Clock;
  readonly log: Log;
}

const FRESH_MS = 60_000;

interface Read {
  readonly at: number;
  readonly users: readonly UserId[];
}

export function createStaffDirectory(options: StaffDirectoryOptions): StaffDirectory & GroupDirectory {
  return new Directory(options);
}

class Directory implements StaffDirectory, GroupDirectory {
  readonly #options: StaffDirectoryOptions;
  /** One for each group that is a room: as many as the config names. */
  readonly #rooms = new Map<string, Read>();

  constructor(options: StaffDirectoryOptions) {
    this.#options = options;
  }

  async staffOf(id: LineId): Promise<readonly UserId[]> {
    const line = this.#options.lines.find((one) => one.id === id);
    return line === undefined ? [] : this.#staff(line);
  }

  async isStaff(id: LineId, user: UserId): Promise<boolean> {
    return (await this.staffOf(id)).includes(user);
  }

  async linesOf(user: UserId): Promise<readonly Line[]> {
    const mine: Line[] = [];
    for (const line of this.#options.lines) {
      if ((await this.#staff(line)).includes(user)) mine.push(line);
    }
    return mine;
  }

  async everybody(): Promise<readonly UserId[]> {
    const all = new Set<UserId>();
    for (const line of this.#options.lines) {
      for (const user of await this.#staff(line)) all.add(user);
    }
    return [...all];
  }

  async #staff(line: StaffedLine): Promise<readonly UserId[]> {
    const all = new Set(line.staffUsers);
    for (const name of line.staffGroups) {
      for (const user of (await this.membersOf(name)) ?? []) all.add(user);
    }
    return [...all];
  }

  async membersOf(name: string): Promise<readonly UserId[] | undefined> {
    const group = this.#options.groups.get(name);
    if (group?.kind === 'list') return group.users;
    return group?.kind === 'room' ? this.#membersOfRoom(name, group.room) : undefined;
  }

  /** While the homeserver doesn't answer, who was known last stays known: nobody gains or loses a line by an outage. */
  async #membersOfRoom(name: string, room: RoomId | RoomAlias): Promise<readonly UserId[] | undefined> {
    const { clock, log } = this.#options;
    const known = this.#rooms.get(name);
    if (known !== undefined && clock.monotonic() - known.at < FRESH_MS) return known.users;
    const users = await this.#ask(room);
    if (users === undefined) {
      log.warn('staff.group-unreadable', { group: name });
      return known?.users;
    }
    this.#rooms.set(name, { at: clock.monotonic(), users });
    return users;
  }

  async #ask(room: RoomId | RoomAlias): Promise<readonly UserId[] | undefined> {
    const { homeserver } = this.#options;
    const id = await this.#idOf(room);
    if (id === undefined) return undefined;
    const members = await homeserver.members({ as: homeserver.gatehouse, room: id });
    if (!members.ok) return undefined;
    const joined = members.value.filter(({ user, membership }) => membership === 'join' && !homeserver.isOurs(user));
    return joined.map(({ user }) => user);
  }

  async #idOf(room: RoomId | RoomAlias): Promise<RoomId | undefined> {
    const parsed = parseRoomId(room);
    if (parsed.ok) return parsed.value;
    const resolved = await this.#options.homeserver.resolveAlias(must(parseRoomAlias(room)));
    return resolved.ok ? resolved.value : undefined;
  }
}
