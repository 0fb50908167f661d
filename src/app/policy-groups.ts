/** Which groups a sender is in, as rules ask it: from the config's lists, and from the rooms that are groups. */
import type { Group } from '../config/config.ts';
import type { UserId } from '../core/ids.ts';
import type { GroupDirectory } from '../core/line.ts';
import type { Warnings } from '../bridge/bridge-deps.ts';

const WARNING = 'policy-groups';

export class PolicyGroups {
  readonly #groups: ReadonlyMap<string, Group>;
  readonly #warnings: Pick<Warnings, 'set' | 'clear'>;
  /** Of the groups that are rooms, who was in them when that was read last. */
  readonly #known = new Map<string, ReadonlySet<string>>();
  readonly #reading = new Map<string, Promise<void>>();
  readonly #unreadable = new Set<string>();
  #directory: GroupDirectory | undefined;

  constructor(groups: ReadonlyMap<string, Group>, warnings: Pick<Warnings, 'set' | 'clear'>) {
    this.#groups = groups;
    this.#warnings = warnings;
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
    return this.#known.get(name)?.has(sender) ?? true;
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
    if (users !== undefined) this.#known.set(name, new Set<string>(users));
    if (this.#known.has(name)) this.#unreadable.delete(name);
    else this.#unreadable.add(name);
    if (this.#unreadable.size === 0) this.#warnings.clear(WARNING);
    else this.#warnings.set(WARNING, wordsOf([...this.#unreadable]));
  }
}

function wordsOf(names: readonly string[]): string {
  return `Who is in ${names.join(', ')} can't be read from its room, so rules for that group hold for everybody.`;
}
