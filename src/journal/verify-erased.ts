/** What of a record can't be opened any more, held against what the record itself says was erased. */
import type { Entry } from '../core/entry.ts';
import type { Position } from '../core/ids.ts';

/** How the gaps in the content are explained. Records, but for `certificates`. */
export interface Gaps {
  /** By a `retention.erased` on record, whose run has its certificate on record. */
  readonly certified: number;
  /** By a `retention.erased` whose certificate is still to come. */
  readonly begun: number;
  /** By nothing: erased after the backup that this record goes on from, or somebody took their keys away. */
  readonly unexplained: number;
  /** The newest ones, at most ten. */
  readonly certificates: readonly Position[];
}

interface Named {
  readonly from: number;
  readonly to: number;
  readonly run: Position;
}

const MOST_CERTIFICATES = 10;

/** Told of every record in order; memory grows with the spans, not with the records. */
export class ErasedCheck {
  readonly #gone: { from: number; to: number }[] = [];
  readonly #named: Named[] = [];
  readonly #certificates = new Map<Position, Position>();
  readonly #missing: { readonly position: Position; readonly what: string }[] = [];

  /** This record's key is gone. */
  gone(position: Position): void {
    const last = this.#gone.at(-1);
    if (last !== undefined && last.to + 1 === position) last.to = position;
    else this.#gone.push({ from: position, to: position });
  }

  opened(entry: Entry): void {
    if (entry.kind === 'retention.certificate') this.#certificates.set(entry.body.run, entry.position);
    if (entry.kind !== 'retention.erased') return;
    const { spans, run } = entry.body;
    for (const [from, to] of spans) this.#named.push({ from, to, run });
  }

  /** Its file is not there: lawfully so, if it turns out to be on its way out. */
  missing(position: Position, what: string): void {
    this.#missing.push({ position, what });
  }

  /** The first record whose file is missing although nothing says that it was to go. */
  firstMissing(): { readonly position: Position; readonly what: string } | undefined {
    return this.#missing.find(
      ({ position }) => !this.#named.some(({ from, to }) => from <= position && position <= to),
    );
  }

  /** Undefined where nothing is gone. */
  gaps(): Gaps | undefined {
    if (this.#gone.length === 0) return undefined;
    const named = this.#named.toSorted((a, b) => a.from - b.from);
    let [certified, begun, whole, next] = [0, 0, 0, 0];
    for (const { from, to } of this.#gone) {
      whole += to - from + 1;
      // Spans of the record never overlap: nothing is erased twice.
      while ((named[next]?.to ?? Infinity) < from) next += 1;
      for (const one of within(named, next, to)) {
        const count = Math.min(to, one.to) - Math.max(from, one.from) + 1;
        if (this.#certificates.has(one.run)) certified += count;
        else begun += count;
      }
    }
    const certificates = [...this.#certificates.values()].slice(-MOST_CERTIFICATES);
    return { certified, begun, unexplained: whole - certified - begun, certificates };
  }
}

/** Those from the index `at` on that begin at `to` or before. */
function* within(named: readonly Named[], at: number, to: number): Generator<Named> {
  for (let i = at; i < named.length; i += 1) {
    const one = named[i];
    if (one === undefined || one.from > to) return;
    yield one;
  }
}
