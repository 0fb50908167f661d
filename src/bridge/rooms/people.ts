/**
 * Who of a line's staff can be reached now. An account that an admin locked or deactivated is neither mentioned nor
 * invited; without the admin's token that is learned from the homeserver's refusals. Nothing here keeps a text waiting.
 */
import type { Clock } from '../../core/clock.ts';
import type { LineId, RoomId, UserId } from '../../core/ids.ts';
import type { StaffDirectory } from '../../core/line.ts';
import type { Homeserver, HomeserverFailure } from '../../core/ports/homeserver.ts';
import { ok, type Result } from '../../core/result.ts';
import { isAccountRefused } from '../homeserver-turn.ts';
import { Recent } from '../recent.ts';

const AWAY_MS = 3_600_000;
/** A lock is noticed within this time, and so is its end. */
const ASKED_MS = 5 * 60_000;
const MOST_KNOWN = 5_000;

interface Known {
  readonly away: boolean;
  /** By the clock that never jumps. */
  readonly until: number;
}

interface PeopleDeps {
  readonly staff: Pick<StaffDirectory, 'staffOf'>;
  readonly homeserver: Pick<Homeserver, 'invite' | 'account' | 'gatehouse' | 'isOurs'>;
  readonly clock: Pick<Clock, 'monotonic'>;
}

export class People {
  readonly #deps: PeopleDeps;
  readonly #accounts = new Recent<UserId, Known>(MOST_KNOWN);
  /** Invitations that a room did not allow. */
  readonly #refused = new Recent<string, number>(MOST_KNOWN);
  /** Invitations whose events may still be on their way to the record. */
  readonly #invited = new Recent<string, number>(MOST_KNOWN);

  constructor(deps: PeopleDeps) {
    this.#deps = deps;
  }

  /** The line's staff without those known to be away. */
  async present(line: LineId): Promise<readonly UserId[]> {
    const { staff, homeserver } = this.#deps;
    const all = (await staff.staffOf(line)).filter((user) => !homeserver.isOurs(user));
    const away = await Promise.all(all.map((user) => this.#isAway(user)));
    return all.filter((_, index) => away[index] !== true);
  }

  /**
   * False when the homeserver refuses it, which is remembered for an hour: one person keeps nobody waiting. Whoever was
   * invited a moment ago is not invited again, even if they left already.
   */
  async invite(room: RoomId, user: UserId): Promise<Result<boolean, HomeserverFailure>> {
    const { homeserver, clock } = this.#deps;
    const key = `${room} ${user}`;
    if ((this.#refused.get(key) ?? 0) > clock.monotonic()) return ok(false);
    if ((this.#invited.get(key) ?? 0) > clock.monotonic()) return ok(true);
    const invited = await homeserver.invite({ as: homeserver.gatehouse, room, user });
    if (invited.ok) {
      this.#invited.set(key, clock.monotonic() + ASKED_MS);
      return ok(true);
    }
    const { kind } = invited.error;
    if (kind !== 'forbidden' && kind !== 'not-found' && kind !== 'refused') return invited;
    const until = clock.monotonic() + AWAY_MS;
    this.#refused.set(key, until);
    if (isAccountRefused(invited.error)) this.#accounts.set(user, { away: true, until });
    return ok(false);
  }

  async #isAway(user: UserId): Promise<boolean> {
    const now = this.#deps.clock.monotonic();
    const known = this.#accounts.get(user);
    if (known !== undefined && known.until > now) return known.away;
    const asked = await this.#deps.homeserver.account?.(user);
    if (asked === undefined) return false;
    // Not told now: who was there is there, and it is asked again with a later text.
    const away = asked.ok ? asked.value === 'away' : (known?.away ?? false);
    this.#accounts.set(user, { away, until: now + ASKED_MS });
    return away;
  }
}
