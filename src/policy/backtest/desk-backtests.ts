/** What a desk does with back-tests: asks for one, on record before it begins, and looks how far the one under way is. */
import { must, parseMillis, type EventId, type Millis, type RoomId, type UserId } from '../../core/ids.ts';
import type { Recorder } from '../../core/ports/recorder.ts';
import type { Views } from '../../journal/journal.ts';
import type { As, Found } from '../rules/rule-to-try.ts';
import { readNotes } from './backtest-notes.ts';

export interface BacktestWish {
  readonly rule: string;
  /** Milliseconds back from the command. */
  readonly spanMs: number;
  readonly by: UserId;
  readonly room: RoomId;
  readonly event: EventId;
  /** When the command was said. */
  readonly at: Millis;
}

export type BacktestAsked =
  { readonly is: 'asked'; readonly as: As } | { readonly is: 'unknown'; readonly meant: string | undefined };

/** Of entries. */
export interface BacktestProgress {
  readonly rule: string;
  readonly done: number;
  readonly total: number;
}

export interface DeskBacktestsDeps {
  readonly journal: Pick<Recorder, 'append'> & { readonly views: Views };
  readonly ruleToTry: (id: string) => Promise<Found>;
}

export class DeskBacktests {
  readonly #deps: DeskBacktestsDeps;

  constructor(deps: DeskBacktestsDeps) {
    this.#deps = deps;
  }

  /** Once for each command, however often it runs. @throws JournalDown */
  async ask(wish: BacktestWish): Promise<BacktestAsked> {
    const { journal, ruleToTry } = this.#deps;
    const rule = await ruleToTry(wish.rule);
    if (rule.found === undefined) return { is: 'unknown', meant: rule.meant };
    const { by, room, event, at } = wish;
    const from = must(parseMillis(Math.max(0, at - wish.spanMs)));
    const source = { system: 'gatehouse', id: `policy.backtest/${event}`, sure: true };
    await journal.append([
      { kind: 'policy.backtest-asked', at, source, actor: by, room, body: { rule: wish.rule, from, by, room, event } },
    ]);
    return { is: 'asked', as: rule.found.as };
  }

  /** As of its last note; undefined where none is under way, or none has noted anything yet. */
  async progress(): Promise<BacktestProgress | undefined> {
    const notes = await readNotes(this.#deps.journal.views);
    if (notes === undefined) return undefined;
    const { rule, first, next, last } = notes;
    return { rule, done: next - first, total: last - first + 1 };
  }
}
