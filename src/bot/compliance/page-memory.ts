/** Where each officer's last search went on: bounded, and forgotten after half an hour or with the process. */
import type { Clock } from '../../core/clock.ts';
import type { RoomId, UserId } from '../../core/ids.ts';
import type { SearchCursor } from '../../journal/search/search.ts';

export const PAGES_KEPT = 100;
export const KEPT_FOR_MS = 30 * 60_000;

export interface NextPage {
  readonly query: string;
  readonly cursor: SearchCursor;
  /** How many hits were shown before it. */
  readonly shown: number;
}

export class PageMemory {
  readonly #pages = new Map<string, { readonly until: number; readonly page: NextPage }>();
  readonly #clock: Pick<Clock, 'monotonic'>;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** `page` undefined: there is no more. */
  keep(room: RoomId, user: UserId, page: NextPage | undefined): void {
    const key = `${room} ${user}`;
    this.#pages.delete(key);
    if (page === undefined) return;
    this.#pages.set(key, { until: this.#clock.monotonic() + KEPT_FOR_MS, page });
    const [oldest] = this.#pages.keys();
    if (this.#pages.size > PAGES_KEPT && oldest !== undefined) this.#pages.delete(oldest);
  }

  next(room: RoomId, user: UserId): NextPage | undefined {
    const kept = this.#pages.get(`${room} ${user}`);
    return kept === undefined || kept.until < this.#clock.monotonic() ? undefined : kept.page;
  }
}
