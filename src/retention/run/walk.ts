/**
 * Goes through the record chunk by chunk, oldest first, in pieces between which it rests, so that nobody waits for it. What
 * it found is noted with how far it came: killed, it goes on there, and the next one opens nothing in vain.
 */
import { createHash } from 'node:crypto';
import { wait } from '../../core/clock.ts';
import type { ClassId, HoldId, Position } from '../../core/ids.ts';
import type { KvChange } from '../../core/ports/recorder.ts';
import type { LeftOut, StayReason } from '../../core/retention-entries.ts';
import { classTable, type ClassTable } from '../classes/class-table.ts';
import { standingHolds } from '../holds/hold-store.ts';
import { ChunkNotes, chunksIn, StayTally, type ChunkNote, type Stayed } from './chunk-notes.ts';
import { decide, type Going } from './decide.ts';
import { lookAt, termFor, type Looked, type Looking } from './look.ts';
import { spansOf } from './position-set.ts';
import type { WalkDeps } from './run-deps.ts';
import { noteRun, type RunNotes } from './run-notes.ts';
import { isErased, type IsGone } from './staying.ts';

/** Chunks between two commits where nothing goes: so many are looked at again by whoever was killed. */
const NOTED_EVERY = 10;

/** What is done with what goes. */
export interface Acting {
  /** Resolves with what stayed all the same; undefined when it was stopped before all of it was done. @throws JournalDown */
  go(layer: readonly Going[], signal: AbortSignal): Promise<readonly LeftOut[] | undefined>;
  readonly isGone?: IsGone;
  /** False where what goes is still there afterwards: then its chunk is looked at anew the next time. */
  readonly acts: boolean;
  /** Asked before each chunk: undefined while it may go on. */
  ends?(): Promise<boolean>;
  progress?(done: number, total: number): void;
}

/** `stopped`: it goes on later. `ended`: it may not go on. */
export type Walked = 'done' | 'stopped' | 'ended';

export class Walk {
  readonly #deps: WalkDeps;
  readonly #acting: Acting;
  readonly #notes: ChunkNotes;
  readonly table: ClassTable;
  #run: RunNotes;
  /** Notes of the chunks since the last commit. */
  #unwritten: KvChange | undefined;
  /** What is due and stayed, as far as the walk came. */
  readonly stays = new StayTally();

  constructor(deps: WalkDeps, acting: Acting, from: { readonly run: RunNotes; readonly table: ClassTable }) {
    this.#deps = deps;
    this.#acting = acting;
    this.#run = from.run;
    this.table = from.table;
    this.#notes = new ChunkNotes(deps.journal.views, from.table.digest);
  }

  /** @throws JournalDown */
  async through(signal: AbortSignal): Promise<Walked> {
    const { clock } = this.#deps;
    const chunks = chunksIn(this.#run.size);
    await this.#countBefore();
    while (this.#run.next < chunks) {
      if (signal.aborted) return 'stopped';
      if ((await this.#acting.ends?.()) === true) return 'ended';
      if (!(await this.#chunk(this.#run.next, signal))) return 'stopped';
      this.#acting.progress?.(this.#run.next, chunks);
      // Others have their turn, also where there was nothing to do.
      await wait(clock, 0, signal);
    }
    return 'done';
  }

  /** What stayed in the chunks that another process went through: by what was noted. */
  async #countBefore(): Promise<void> {
    for (let chunk = 0; chunk < this.#run.next; chunk += 1) {
      const note = await this.#notes.of(chunk);
      if (note !== undefined) this.stays.add(note);
    }
  }

  /** False when it was stopped: the chunk is looked at again. */
  async #chunk(chunk: number, signal: AbortSignal): Promise<boolean> {
    const looking = await this.#looking();
    const before = await this.#notes.of(chunk);
    const looked = await lookAt(chunk, before, looking, this.#deps);
    const decided = await this.#decided(looked, looking, signal);
    if (decided === undefined) return false;
    const { went, stays } = decided;
    const note: ChunkNote = { ...looked.note, stayed: [...looked.kept, ...grouped(stays)] };
    const remembered = this.#acting.acts || went === 0;
    this.#run = { ...this.#run, next: chunk + 1 };
    if (remembered && !isSame(before, note)) this.#unwritten = await this.#notes.change(chunk, note);
    this.stays.add(note);
    if (went > 0 || isNoted(this.#run)) await this.#write(went > 0);
    return true;
  }

  async #write(anyway: boolean): Promise<void> {
    const changes = this.#unwritten === undefined ? [] : [this.#unwritten];
    this.#unwritten = undefined;
    if (changes.length > 0 || anyway) await this.#deps.journal.append([], { kv: [...changes, noteRun(this.#run)] });
  }

  async #decided(
    { due }: Looked,
    looking: Looking,
    signal: AbortSignal,
  ): Promise<{ went: number; stays: readonly LeftOut[] } | undefined> {
    if (due.length === 0) return { went: 0, stays: [] };
    const { isGone = isErased } = this.#acting;
    const decided = await decide(due, this.#deps, (entry) => termFor(entry, looking, this.#deps), isGone);
    const open = new Set(this.#acting.acts ? decided.unrecorded.map(({ entry }) => entry.position) : []);
    const stays: LeftOut[] = decided.stays.filter(({ position }) => !open.has(position));
    let went = 0;
    const layers = open.size === 0 ? decided.layers : [...decided.layers, decided.unrecorded];
    for (const layer of layers) {
      const left = await this.#acting.go(layer, signal);
      if (left === undefined) return undefined;
      const copies = new Set(layer.filter(({ copy }) => copy).map(({ entry }) => entry.position));
      stays.push(...left.filter(({ position }) => !copies.has(position)));
      went += layer.length - left.length;
    }
    return { went, stays };
  }

  async #looking(): Promise<Looking> {
    const { views } = this.#deps.journal;
    const holds = await views.read((reading) => standingHolds(reading, views.sealer));
    const { until, size } = this.#run;
    return { table: this.table, until, size, holds: fingerprintOf(holds.map(({ hold }) => hold)) };
  }
}

function isNoted({ next, size }: RunNotes): boolean {
  return next % NOTED_EVERY === 0 || next >= chunksIn(size);
}

/** Names of holds are not given twice, so they say which holds there are. */
function fingerprintOf(holds: readonly HoldId[]): string {
  return createHash('sha256').update(JSON.stringify(holds)).digest('hex').slice(0, 16);
}

function grouped(stays: readonly LeftOut[]): readonly Stayed[] {
  const groups = new Map<string, { why: StayReason; hold?: HoldId; positions: Position[] }>();
  for (const { position, why, hold } of stays) {
    const key = `${why}/${hold ?? ''}`;
    const group = groups.get(key) ?? { why, ...(hold === undefined ? {} : { hold }), positions: [] };
    group.positions.push(position);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ positions, ...rest }) => ({ ...rest, spans: spansOf(positions) }));
}

function isSame(before: ChunkNote | undefined, note: ChunkNote): boolean {
  return before !== undefined && JSON.stringify(before) === JSON.stringify(note);
}

/** Undefined before any classes are on record: nothing is due by any. */
export function tableIn({ journal }: Pick<WalkDeps, 'journal'>): Promise<ClassTable | undefined> {
  const { views } = journal;
  return views.read((reading) => classTable(reading, views.sealer));
}

/** By class, one after the other: what `retention.erased` is appended for. */
export function byClass(
  layer: readonly Going[],
): readonly { readonly class: ClassId; readonly authority: string; readonly positions: readonly Position[] }[] {
  const groups = new Map<string, { class: ClassId; authority: string; positions: Position[] }>();
  for (const { entry, class: of, authority } of layer) {
    const key = `${of} ${authority}`;
    const group = groups.get(key) ?? { class: of, authority, positions: [] };
    group.positions.push(entry.position);
    groups.set(key, group);
  }
  return [...groups.values()];
}
