/** Reads a record from its beginning and holds each erasure against what stood right before it. */
import type { Entry, EntryOf, ErasedEntry } from '../../../src/core/entry.ts';
import { Life, overs, type Said } from './life.ts';

export class Ledger {
  readonly wrong: object[] = [];
  readonly #gone = new Set<number>();
  readonly #all: ReadonlyMap<number, Said>;
  /** As it was at the entry that is read. */
  readonly #then = new Life();
  readonly #wanted: Life['states'];
  #classes = '';
  #armedFor = '';
  readonly #runs = new Map<number, { readonly until: number; readonly classes: string; entries: number }>();

  constructor(life: Life) {
    const copies = new Map<Said, Said>();
    for (const one of life.said) {
      const of = one.of === undefined ? undefined : copies.get(one.of);
      copies.set(one, { ...one, of, gone: false, flagged: false });
    }
    this.#all = new Map([...copies.values()].map((one) => [one.position, one]));
    this.#wanted = life.states;
  }

  get erased(): readonly number[] {
    return [...this.#gone].toSorted((a, b) => a - b);
  }

  read(entry: Entry | ErasedEntry): void {
    const said = this.#all.get(entry.position);
    if (said !== undefined) this.#said(said);
    if ('erased' in entry) return;
    switch (entry.kind) {
      case 'hold.placed': {
        const { selector, hold } = entry.body;
        const over = overs.findIndex((one) => one === selector.query);
        this.#then.holds.set(over, { name: hold, placed: entry.position });
        return;
      }
      case 'hold.released':
        for (const [over, { name }] of this.#then.holds) {
          if (name === entry.body.hold) this.#then.holds.delete(over);
        }
        return;
      case 'retention.classes':
        this.#then.states.push(...this.#wanted.filter(({ from }) => from === entry.position));
        this.#classes = entry.body.digest;
        if (this.#armedFor !== this.#classes) this.#armedFor = '';
        return;
      case 'retention.armed':
        this.#armed(entry);
        return;
      default:
        this.#run(entry);
    }
  }

  #said(said: Said): void {
    this.#then.said.push(said);
    if (said.is === 'verdict' && said.of !== undefined) said.of.flagged = true;
  }

  #armed({ body: { armed, classes } }: EntryOf<'retention.armed'>): void {
    if (!armed) this.#armedFor = '';
    else if (classes === this.#classes) this.#armedFor = classes;
  }

  #run(entry: Entry): void {
    if (entry.kind === 'retention.run' && entry.body.refused === undefined) {
      this.#runs.set(entry.position, { ...entry.body, entries: 0 });
    }
    if (entry.kind === 'retention.erased') this.#erased(entry);
    if (entry.kind === 'retention.certificate') {
      const counted = entry.body.gone.reduce((sum, { entries }) => sum + entries, 0);
      this.#expect(counted === this.#runs.get(entry.body.run)?.entries, 'counted', entry.position);
      this.#runs.delete(entry.body.run);
    }
  }

  #erased({ position, body }: EntryOf<'retention.erased'>): void {
    const run = this.#runs.get(body.run);
    this.#expect(run !== undefined, 'of no run', position);
    const named = body.spans.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
    if (named.length === 0 || run === undefined) return;
    run.entries += named.length;
    this.#expect(this.#armedFor === run.classes, 'unarmed', position);
    for (const at of named) this.#goes(at, named, run.until);
    for (const at of named) {
      const said = this.#all.get(at);
      if (said !== undefined) said.gone = true;
      this.#gone.add(at);
    }
  }

  #goes(at: number, named: readonly number[], until: number): void {
    const said = this.#all.get(at);
    if (said === undefined) {
      this.#expect(false, 'not said by anybody', at);
      return;
    }
    const due = this.#then.dueAt(said);
    const quoted = said.is === 'copy' && (said.of?.gone === true || named.includes(said.of?.position ?? 0));
    this.#expect(quoted || (due !== undefined && due <= until), 'early', at);
    this.#expect(!this.#then.isHeld(said), 'under hold', at);
    this.#expect(!this.#then.isNeeded(said), 'needed', at);
    this.#expect(!this.#gone.has(at), 'twice', at);
  }

  #expect(holds: boolean, what: string, at: number): void {
    if (!holds) this.wrong.push({ what, at });
  }
}
