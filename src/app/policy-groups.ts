/** Who is in which group, as rules and barriers ask it: from the config's lists, and from the rooms that are groups. */
import type { Group } from '../config/config.ts';
import { wait, type Clock } from '../core/clock.ts';
import type { UserId } from '../core/ids.ts';
import type { GroupDirectory } from '../core/line.ts';
import type { Warnings } from '../bridge/bridge-deps.ts';

const WARNING = 'policy-groups';
/** Of the three seconds in which Synapse is answered. */
const PATIENCE_MS = 1_000;
/** Until a room that could not be read is asked for again by a barrier, which asks every two seconds. */
const AGAIN_MS = 10_000;

export class PolicyGroups {
  readonly #groups: ReadonlyMap<string, Group>;
  readonly #warnings: Pick<Warnings, 'set' | 'clear'>;
  readonly #clock: Clock;
  /** Of the groups that are rooms, who was in them when that was read last. */
  readonly #known = new Map<string, ReadonlySet<UserId>>();
  readonly #reading = new Map<string, Promise<void>>();
  readonly #unreadable = new Set<string>();
  readonly #failedAt = new Map<string, number>();
  #directory: GroupDirectory | undefined;

  constructor(groups: ReadonlyMap<string, Group>, warnings: Pick<Warnings, 'set' | 'clear'>, clock: Clock) {
    this.#groups = groups;
    this.#warnings = warnings;
    this.#clock = clock;
  }

  /** Until then nobody knows who is in a room. */
  join(directory: GroupDirectory): void {
    this.#directory = directory;
  }

  /**
   * Somebody is taken to be in a group whose room could never be read: a rule must not pass over anybody because the
   * homeserver is down. What was read once counts until it can be read again; only the first who asks waits for it.
   */
  async of(sender: string): Promise<readonly string[]> {
    const mine: string[] = [];
    for (const [name, group] of this.#groups) {
      if (group.kind === 'list' ? group.users.some((user) => user === sender) : await this.#mayBeIn(name, sender)) {
        mine.push(name);
      }
    }
    return mine;
  }

  async #mayBeIn(name: string, sender: string): Promise<boolean> {
    if (this.#groups.get(name)?.kind !== 'room') return false;
    const read = this.#read(name);
    if (!this.#known.has(name)) await read;
    const known: ReadonlySet<string> | undefined = this.#known.get(name);
    return known?.has(sender) ?? true;
  }

  /**
   * Who is in a group: the same set as long as it holds the same people, and undefined as long as it could never be read.
   * Only who asks before that waits, and not for long: somebody waits for the answer.
   */
  async members(name: string): Promise<ReadonlySet<UserId> | undefined> {
    const group = this.#groups.get(name);
    if (group?.kind === 'list') return this.#listed(name, group.users);
    if (group?.kind !== 'room') return undefined;
    const isKnown = this.#known.has(name);
    if (isKnown || this.#mayAskAgain(name)) {
      const read = this.#read(name);
      if (!isKnown) await this.#notLong(read);
    }
    return this.#known.get(name);
  }

  #mayAskAgain(name: string): boolean {
    const failedAt = this.#failedAt.get(name);
    return failedAt === undefined || this.#clock.monotonic() - failedAt >= AGAIN_MS;
  }

  #listed(name: string, users: readonly UserId[]): ReadonlySet<UserId> {
    const listed = this.#known.get(name) ?? new Set(users);
    this.#known.set(name, listed);
    return listed;
  }

  async #notLong(read: Promise<void>): Promise<void> {
    const done = new AbortController();
    await Promise.race([read, wait(this.#clock, PATIENCE_MS, done.signal)]);
    done.abort();
  }

  /** One at a time for each group; how often the homeserver is asked is the directory's. Never rejects. */
  #read(name: string): Promise<void> {
    const under = this.#reading.get(name);
    if (under !== undefined) return under;
    const reading = this.#ask(name)
      .then(
        (users) => {
          this.#note(name, users);
        },
        () => {
          this.#note(name, undefined);
        },
      )
      .finally(() => this.#reading.delete(name));
    this.#reading.set(name, reading);
    return reading;
  }

  async #ask(name: string): Promise<readonly UserId[] | undefined> {
    return await this.#directory?.membersOf(name);
  }

  #note(name: string, users: readonly UserId[] | undefined): void {
    if (users !== undefined && !isSame(this.#known.get(name), users)) this.#known.set(name, new Set(users));
    if (users === undefined) this.#failedAt.set(name, this.#clock.monotonic());
    if (this.#known.has(name)) this.#unreadable.delete(name);
    else this.#unreadable.add(name);
    if (this.#unreadable.size === 0) this.#warnings.clear(WARNING);
    else this.#warnings.set(WARNING, wordsOf([...this.#unreadable]));
  }
}

function isSame(known: ReadonlySet<UserId> | undefined, users: readonly UserId[]): boolean {
  return known?.size === new Set(users).size && users.every((user) => known.has(user));
}

function wordsOf(names: readonly string[]): string {
  return `Who is in ${names.join(', ')} can't be read from its room, so its rules and barriers hold for everybody. Invite @gatehouse into that room.`;
}
