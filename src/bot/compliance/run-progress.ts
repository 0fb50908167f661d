/** How far a long run is, in one message that changes, at the desk that asked for it. Nothing depends on it. */
import type { Clock } from '../../core/clock.ts';
import type { Entry, ErasedEntry } from '../../core/entry.ts';
import type { Position, RoomId } from '../../core/ids.ts';
import type { Homeserver } from '../../core/ports/homeserver.ts';
import type { Log } from '../../core/ports/log.ts';
import { sendOnce } from '../answer-sender.ts';

export interface RunProgressDeps {
  readonly homeserver: Pick<Homeserver, 'send' | 'findEcho' | 'upload' | 'compliance'>;
  readonly read: (position: Position) => Promise<Entry | ErasedEntry | undefined>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly log: Log;
}

/** Who waits so long wants to see that it moves; between two changes as long. */
const EVERY_MS = 20_000;

export class RunProgress {
  readonly #deps: RunProgressDeps;
  #run: Position | undefined;
  #lastAt = 0;
  #telling = false;

  constructor(deps: RunProgressDeps) {
    this.#deps = deps;
  }

  /** Of chunks of the record. Resolves at once. */
  readonly at = (run: Position, done: number, total: number): void => {
    const { clock, log } = this.#deps;
    if (this.#run !== run) {
      this.#run = run;
      this.#lastAt = clock.monotonic();
    }
    if (this.#telling || clock.monotonic() - this.#lastAt < EVERY_MS) return;
    this.#telling = true;
    this.#tell(run, Math.floor((100 * done) / Math.max(1, total)))
      .catch((error: unknown) => {
        log.warn('retention.progress-untold', { failure: error instanceof Error ? error.name : 'unknown' });
      })
      .finally(() => {
        this.#telling = false;
        this.#lastAt = clock.monotonic();
      });
  };

  async #tell(run: Position, percent: number): Promise<void> {
    const { homeserver } = this.#deps;
    const room = await this.#askedIn(run);
    if (room === undefined) return;
    const to = { as: homeserver.compliance, room, source: run, type: 'm.room.message' };
    const words = {
      msgtype: 'm.notice',
      body: `The run goes through the record: ${String(percent)} %`,
      'm.mentions': {},
    };
    const first = await sendOnce(homeserver, { ...to, content: words, part: 'progress' }, true);
    if (!first.ok) return;
    const relation = { rel_type: 'm.replace', event_id: first.value };
    const content = { ...words, body: `* ${words.body}`, 'm.new_content': words, 'm.relates_to': relation };
    await homeserver.send({ ...to, content, part: `progress-${String(percent)}` });
  }

  /** The desk whose officer asked; undefined where the clock did. */
  async #askedIn(run: Position): Promise<RoomId | undefined> {
    const begun = await this.#deps.read(run);
    if (begun === undefined || 'erased' in begun || begun.kind !== 'retention.run') return undefined;
    const asked = await this.#deps.read(begun.body.because);
    return asked === undefined || 'erased' in asked || asked.kind !== 'retention.asked'
      ? undefined
      : asked.body.at?.room;
  }
}
