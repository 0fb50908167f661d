/**
 * The classes in force: what is on record, and nothing else. The config and the desks change the record; how long what
 * is kept is read from it. Any change takes back what two officers armed.
 */
import type { Clock } from '../../core/clock.ts';
import type { DraftOf, Entry, ErasedEntry, Source } from '../../core/entry.ts';
import type { EventId, Position, UserId } from '../../core/ids.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Recorder } from '../../core/ports/recorder.ts';
import type { Views } from '../../journal/journal.ts';
import { Mutex } from '../../storage/mutex.ts';
import type { ClassState } from './class-state.ts';
import { askedToSet, newestState, stateAt } from './class-store.ts';
import { classTable, type ClassTable } from './class-table.ts';
import { afterWish, keepsShorter, type SetDone, type SetWish } from './set-acts.ts';
import { isKind } from './kinds.ts';
import { deskName, type Names } from './target.ts';
import { configured, madeByDesks, wantedState, type ClassSettings, type Wanted } from './wanted.ts';

export interface ClassesDeps {
  readonly journal: Pick<Recorder, 'append'> & {
    readonly views: Views;
    read(position: Position): Promise<Entry | ErasedEntry | undefined>;
    readonly reader: { bySource(source: Pick<Source, 'system' | 'id'>): Promise<readonly Position[]> };
  };
  readonly settings: ClassSettings;
  readonly names: Names;
  /** Some desk wants two officers for a change. */
  readonly fourEyes: boolean;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** What health shows. */
  readonly warnings: { set(id: string, words: string): void; clear(id: string): void };
}

const WARNING = 'retention-classes';
/** So long a second officer may want what a first one wanted. */
const ASKED_FOR_MS = 24 * 60 * 60_000;

export class ClassesInForce {
  readonly #deps: ClassesDeps;
  readonly #turn = new Mutex();

  constructor(deps: ClassesDeps) {
    this.#deps = deps;
  }

  get settings(): ClassSettings {
    return this.#deps.settings;
  }

  /** Undefined before the first are on record. */
  table(): Promise<ClassTable | undefined> {
    const { views } = this.#deps.journal;
    return views.read((reading) => classTable(reading, views.sealer));
  }

  /**
   * Puts on record what the config says, tags and groups resolved as they are now, where that differs. Await it once
   * before anything is recorded, and before each preview and run.
   */
  settle(): Promise<ClassState> {
    return this.#turn.run(async () => {
      const before = await this.#state();
      const wanted = await this.#wanted(before, madeByDesks(before));
      this.#tell(wanted);
      if (before?.digest === wanted.state.digest) return before;
      const id = `retention-classes/${String(before?.position ?? 0)}/${wanted.state.digest}`;
      this.#deps.log.info('retention.classes-changed', { digest: wanted.state.digest });
      return this.#append(wanted, id, {});
    });
  }

  /** A desk gives records a class, or takes its own back. Once for each command. */
  set(wish: SetWish): Promise<SetDone> {
    return this.#turn.run(async () => (await this.#doneBefore(wish)) ?? this.#set(wish));
  }

  async #set(wish: SetWish): Promise<SetDone> {
    const name = deskName(wish.target);
    const before = await this.#state();
    const wanted = await this.#wanted(before, afterWish(before, name, wish));
    if (wish.class !== undefined && wanted.missing.includes(name)) return { is: 'unresolved' };
    if (before?.digest === wanted.state.digest) return { is: 'same', now: before };
    const first = await this.#firstOfTwo(name, wish, keepsShorter(before, wanted.state, name));
    if (first === 'needed') {
      await this.#ask(name, wish);
      return { is: 'asked' };
    }
    const by = first === undefined ? { by: wish.by } : { by: first, approvedBy: wish.by };
    return { is: 'done', name, before, now: await this.#append(wanted, sourceOf(wish.event), by) };
  }

  /** Undefined where one officer is enough. */
  async #firstOfTwo(name: string, wish: SetWish, shorter: boolean): Promise<UserId | 'needed' | undefined> {
    if (!shorter || !this.#deps.fourEyes) return undefined;
    const { journal, clock } = this.#deps;
    const at = await journal.views.read((reading) => askedToSet(reading, name));
    const asked = at === undefined ? undefined : await journal.read(at);
    if (asked === undefined || 'erased' in asked || asked.kind !== 'retention.set-asked') return 'needed';
    const isOpen = clock.now() - asked.recordedAt <= ASKED_FOR_MS && asked.body.class === wish.class;
    return isOpen && asked.body.by !== wish.by ? asked.body.by : 'needed';
  }

  async #ask(name: string, { class: given, by, event }: SetWish): Promise<void> {
    const body = { name, by, ...(given === undefined ? {} : { class: given }) };
    const at = this.#deps.clock.now();
    await this.#deps.journal.append([{ kind: 'retention.set-asked', at, source: source(sourceOf(event)), body }]);
  }

  /** What this very command did before a crash. */
  async #doneBefore({ event, target }: SetWish): Promise<SetDone | undefined> {
    const { journal } = this.#deps;
    const [position] = await journal.reader.bySource(source(sourceOf(event)));
    const entry = position === undefined ? undefined : await journal.read(position);
    if (entry === undefined || 'erased' in entry) return undefined;
    if (entry.kind === 'retention.set-asked') return { is: 'asked' };
    const states = (await this.table())?.states ?? [];
    const i = states.findIndex((one) => one.position === entry.position);
    const now = states[i];
    return now === undefined ? undefined : { is: 'done', name: deskName(target), before: states[i - 1], now };
  }

  async #state(): Promise<ClassState | undefined> {
    const { views } = this.#deps.journal;
    return views.read(async (reading) => {
      const newest = await newestState(reading);
      return newest === undefined ? undefined : stateAt(reading, views.sealer, newest.position);
    });
  }

  #wanted(before: ClassState | undefined, desks: ReturnType<typeof madeByDesks>): Promise<Wanted> {
    const { settings, names } = this.#deps;
    return wantedState(settings, desks, { names, before });
  }

  async #append(
    { state }: Wanted,
    id: string,
    who: Pick<DraftOf<'retention.classes'>['body'], 'by' | 'approvedBy'>,
  ): Promise<ClassState> {
    const { journal, clock } = this.#deps;
    const [appended] = await journal.append([
      { kind: 'retention.classes', at: clock.now(), source: source(id), body: { ...state, ...who } },
    ]);
    if (appended === undefined) throw new Error('one draft has one position');
    return { ...state, position: appended.position };
  }

  #tell({ missing, state }: Wanted): void {
    const kinds = configured(this.#deps.settings).flatMap(({ target: { kind } }) =>
      kind === undefined || isKind(kind) ? [] : [kind],
    );
    const words = [
      ...(missing.length === 0 ? [] : [`Not in force, as nobody knows who or what is meant: ${missing.join(', ')}.`]),
      ...(kinds.length === 0 ? [] : [`No record is of kind ${kinds.join(', ')}: retention.assign gives it a class.`]),
    ];
    if (words.length === 0) this.#deps.warnings.clear(WARNING);
    else this.#deps.warnings.set(WARNING, `Retention: ${words.join(' ')} All else is kept by its class.`);
    if (missing.length > 0)
      this.#deps.log.warn('retention.classes-missing', { missing: missing.length, digest: state.digest });
  }
}

function sourceOf(event: EventId): string {
  return `retention-set/${event}`;
}

function source(id: string): Source {
  return { system: 'gatehouse', id, sure: true };
}
