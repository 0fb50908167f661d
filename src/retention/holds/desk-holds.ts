/** What desks do with holds. */
import type { Clock } from '../../core/clock.ts';
import type { HoldId, Position, UserId } from '../../core/ids.ts';
import type { Result } from '../../core/result.ts';
import type { Marks } from '../../journal/search/marks.ts';
import { coverageOf, type Coverage, type CoverageDeps } from './coverage.ts';
import { allHolds, custodiansOf, holdPlacedAt, holdsNamed, type Custodian, type Hold } from './hold-store.ts';
import { placeHold, type HoldWish, type NotPlaced, type PlacingDeps } from './placing.ts';
import { sayOfHold, type HoldWord, type Released, type ReleasingDeps } from './releasing.ts';
import { isOpenRequest, requestsEndedBy } from './request-store.ts';
import { readMeant } from './stored-query.ts';

export interface DeskHoldsDeps extends ReleasingDeps {
  readonly journal: PlacingDeps['journal'] & CoverageDeps['journal'] & ReleasingDeps['journal'];
  readonly resolver: PlacingDeps['resolver'];
  readonly marks: Marks;
  readonly clock: Pick<Clock, 'now'>;
}

export class DeskHolds {
  readonly #deps: DeskHoldsDeps;

  constructor(deps: DeskHoldsDeps) {
    this.#deps = deps;
  }

  /** See `placeHold`. @throws JournalDown */
  place(wish: HoldWish): Promise<Result<Position, NotPlaced>> {
    return placeHold(this.#deps, wish);
  }

  /** See `sayOfHold`. @throws JournalDown */
  say(word: HoldWord): Promise<Released> {
    return sayOfHold(this.#deps, word);
  }

  all(): Promise<readonly Hold[]> {
    const { views } = this.#deps.journal;
    return views.read((reading) => allHolds(reading, views.sealer));
  }

  /** The one that stands, or else the newest of that name. */
  async named(hold: HoldId): Promise<Hold | undefined> {
    const { views } = this.#deps.journal;
    const named = await views.read((reading) => holdsNamed(reading, views.sealer, hold));
    return named.find(({ state }) => state !== 'released') ?? named.at(-1);
  }

  placedAt(placed: Position): Promise<Hold | undefined> {
    const { views } = this.#deps.journal;
    return views.read((reading) => holdPlacedAt(reading, views.sealer, placed));
  }

  custodians(placed: Position): Promise<readonly Custodian[]> {
    return this.#deps.journal.views.read((reading) => custodiansOf(reading, placed));
  }

  /** `user` read that they are to keep what is theirs: once, whenever they say so again. @throws JournalDown */
  async acknowledge(placed: Position, user: UserId): Promise<void> {
    const hold = await this.placedAt(placed);
    const named = (await this.custodians(placed)).some((one) => one.user === user);
    if (hold === undefined || !named) return;
    const source = { system: 'gatehouse', id: `hold.acknowledged/${String(placed)}/${user}`, sure: true };
    const body = { hold: hold.hold, by: user };
    await this.#deps.journal.append([
      { kind: 'hold.acknowledged', at: this.#deps.clock.now(), source, actor: user, body },
    ]);
  }

  /** What it covers of what was on record up to `size`; undefined where it is not on record as it was placed. */
  async coverage(placed: Position, size: number, signal: AbortSignal): Promise<Coverage | undefined> {
    const entry = await this.#deps.journal.read(placed);
    if (entry === undefined || 'erased' in entry || entry.kind !== 'hold.placed') return undefined;
    const now = this.#deps.clock.now();
    return coverageOf(this.#deps, readMeant(entry.body.selector.meant), { size, now, signal });
  }

  isAsked(request: Position): Promise<boolean> {
    return this.#deps.journal.views.read((reading) => isOpenRequest(reading, request));
  }

  requestsEndedBy(by: Position): Promise<readonly Position[]> {
    return this.#deps.journal.views.read((reading) => requestsEndedBy(reading, by));
  }
}
