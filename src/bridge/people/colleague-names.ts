/** How the company's people are called, so that no customer's name can be taken for one of theirs. */
import type { Clock } from '../../core/clock.ts';
import type { UserId } from '../../core/ids.ts';
import type { StaffDirectory } from '../../core/line.ts';
import { personName } from '../rooms/person-name.ts';

export interface ColleagueNames {
  /** Localparts and display names of everybody on any line; never throws. */
  names(): Promise<readonly string[]>;
}

interface ColleagueOptions {
  readonly staff: Pick<StaffDirectory, 'everybody'>;
  /** Undefined where the user has none, or nobody can tell. */
  readonly displayName: (user: UserId) => Promise<string | undefined>;
  readonly clock: Clock;
}

const FRESH_MS = 3_600_000;
const AT_ONCE = 10;

/** Asked of the homeserver once an hour at most: what was known before is answered meanwhile. */
export class AskedColleagueNames implements ColleagueNames {
  readonly #options: ColleagueOptions;
  /** Two for each person on a line. */
  #known: readonly string[] | undefined;
  #askedAt = 0;
  #asking: Promise<readonly string[]> | undefined;

  constructor(options: ColleagueOptions) {
    this.#options = options;
  }

  names(): Promise<readonly string[]> {
    const { clock } = this.#options;
    const isFresh = this.#known !== undefined && clock.monotonic() - this.#askedAt < FRESH_MS;
    if (!isFresh) this.#asking ??= this.#ask();
    return this.#known === undefined ? (this.#asking ?? this.#ask()) : Promise.resolve(this.#known);
  }

  async #ask(): Promise<readonly string[]> {
    const names = await this.#all();
    this.#known = names;
    this.#askedAt = this.#options.clock.monotonic();
    this.#asking = undefined;
    return names;
  }

  async #all(): Promise<readonly string[]> {
    const users = await this.#options.staff.everybody();
    const names = new Set(users.map(personName));
    for (let at = 0; at < users.length; at += AT_ONCE) {
      const asked = users.slice(at, at + AT_ONCE).map((user) => this.#options.displayName(user));
      for (const name of await Promise.all(asked)) if (name !== undefined) names.add(name);
    }
    return [...names];
  }
}
