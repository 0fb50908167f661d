/** Of records whose time is over: which go, in which order, and which stay and why. */
import type { Entry } from '../../core/entry.ts';
import type { ClassId, Position } from '../../core/ids.ts';
import type { LeftOut } from '../../core/retention-entries.ts';
import { erasingView } from '../../journal/erasing-view.ts';
import type { ErasingView } from '../../journal/projection.ts';
import { isDelayed } from '../open/open-work.ts';
import { copiesOf } from './copies-store.ts';
import { Pace } from './pace.ts';
import type { WalkDeps } from './run-deps.ts';
import { isErased, spokenOf, type IsGone } from './staying.ts';

/** One that is to go, and the class that says so. */
export interface Going {
  readonly entry: Entry;
  readonly class: ClassId;
  readonly authority: string;
  /** A message of ours that quotes what goes: it goes with it, whatever its own time. */
  readonly copy: boolean;
}

export interface Decided {
  /** What is spoken of comes before what speaks of it: layer by layer, none speaks of another one of its own layer. */
  readonly layers: readonly (readonly Going[])[];
  readonly stays: readonly LeftOut[];
  /** Of these, what something open keeps, and nobody has recorded yet since when: that it is left out has to be. */
  readonly unrecorded: readonly Going[];
}

type Deps = Pick<WalkDeps, 'journal' | 'staying' | 'stayingCopies' | 'receiptOf' | 'clock'>;
type Terms = (entry: Entry) => Promise<Pick<Going, 'class' | 'authority'>>;

/** Records asked about between two turns of the event loop: with a hold on, each opens its whole family. */
const PIECE = 10;

/**
 * `due`: in the order of the record. `isGone` adds what a preview only says would be gone. What is found is of several
 * moments: the transaction that erases asks again.
 */
export async function decide(
  due: readonly Going[],
  deps: Deps,
  termOf: Terms,
  isGone: IsGone = isErased,
): Promise<Decided> {
  const asking = new Asking(deps);
  const { going, stays } = await settle(due, asking, isGone);
  const copies = await copiesWith(going, asking, { termOf, isGone });
  const layers = layered([...going, ...copies], asking);
  return { layers, stays, unrecorded: await unrecordedOf(due, stays, asking) };
}

/** The record as it is asked, in pieces, and what each record speaks of, asked once. */
class Asking {
  readonly deps: Deps;
  readonly #pace: Pace;
  readonly #spoken = new Map<Position, readonly Position[]>();

  constructor(deps: Deps) {
    this.deps = deps;
    this.#pace = new Pace(deps.clock);
  }

  over<A, B>(
    among: readonly A[],
    ask: (piece: readonly A[], view: ErasingView) => Promise<readonly B[]>,
  ): Promise<readonly B[]> {
    const { journal, clock } = this.deps;
    return this.#pace.over(among, PIECE, (piece) =>
      journal.database.read((reading) => ask(piece, erasingView(reading, journal.keys, clock.now()))),
    );
  }

  spokenOf({ position }: Entry): readonly Position[] {
    return this.#spoken.get(position) ?? [];
  }

  /** Before `spokenOf` is asked about these. */
  async learn(entries: readonly Entry[]): Promise<void> {
    const { receiptOf } = this.deps;
    await this.over(entries, async (piece, view) => {
      for (const entry of piece) this.#spoken.set(entry.position, await spokenOf(entry, view, receiptOf));
      return [];
    });
  }
}

function unrecordedOf(due: readonly Going[], stays: readonly LeftOut[], asking: Asking): Promise<readonly Going[]> {
  const why = new Map(stays.map((one) => [one.position, one.why]));
  const open = due.filter(({ entry }) => why.get(entry.position)?.startsWith('open-'));
  return asking.over(open, async (piece, { reading }) => {
    const fresh: Going[] = [];
    for (const one of piece) if (!(await isDelayed(one.entry.position, reading))) fresh.push(one);
    return fresh;
  });
}

/** What stays, and what speaks of it, as far as that goes. */
async function settle(due: readonly Going[], asking: Asking, isGone: IsGone) {
  const stays: LeftOut[] = [];
  let going = due;
  const leave = (out: readonly LeftOut[]): void => {
    const left = new Map(out.map((one) => [one.position, one]));
    going = going.filter(({ entry }) => !left.has(entry.position));
    stays.push(...left.values());
  };
  const asked = (): readonly Entry[] => going.map(({ entry }) => entry);
  for (const erasing of asking.deps.staying) leave(await asking.over(asked(), erasing));
  await asking.learn(asked());
  leave(spokenFor(asked(), await thereOf(asked(), asking, isGone), asking));
  return { going, stays };
}

/** Of what these speak of, what is on record and not among them. */
async function thereOf(entries: readonly Entry[], asking: Asking, isGone: IsGone): Promise<ReadonlySet<Position>> {
  const among = new Set(entries.map(({ position }) => position));
  const others = new Set(entries.flatMap((entry) => asking.spokenOf(entry)).filter((position) => !among.has(position)));
  const there = await asking.over([...others], async (piece, view) => {
    const found: Position[] = [];
    for (const position of piece) if (!(await isGone(position, view))) found.push(position);
    return found;
  });
  return new Set(there);
}

/** What speaks of something that is there stays, and is there for what speaks of it: until nothing changes. */
function spokenFor(entries: readonly Entry[], there: ReadonlySet<Position>, asking: Asking): readonly LeftOut[] {
  const staying = new Set(there);
  const stays: LeftOut[] = [];
  for (let before = -1; before < stays.length;) {
    before = stays.length;
    for (const entry of entries) {
      if (staying.has(entry.position) || !asking.spokenOf(entry).some((of) => staying.has(of))) continue;
      staying.add(entry.position);
      stays.push({ position: entry.position, why: 'spoken-of' });
    }
  }
  return stays;
}

interface Copying {
  readonly termOf: Terms;
  readonly isGone: IsGone;
}

async function copiesWith(
  going: readonly Going[],
  asking: Asking,
  { termOf, isGone }: Copying,
): Promise<readonly Going[]> {
  const known = new Set(going.map(({ entry }) => entry.position));
  const copies = await asking.over(going, async (piece, view) => {
    const found: Position[] = [];
    for (const { entry } of piece) {
      for (const copy of await copiesOf(view.reading, entry.position)) {
        if (!known.has(copy) && !(await isGone(copy, view))) found.push(copy);
      }
    }
    return found;
  });
  if (copies.length === 0) return [];
  let entries = await asking.over(
    [...new Set(copies)].toSorted((a, b) => a - b),
    (piece, view) => view.open(piece),
  );
  const { staying, stayingCopies = staying } = asking.deps;
  for (const erasing of stayingCopies) {
    const left = new Set((await asking.over(entries, erasing)).map(({ position }) => position));
    entries = entries.filter(({ position }) => !left.has(position));
  }
  await asking.learn(entries);
  const all: Going[] = [];
  for (const entry of entries) all.push({ entry, copy: true, ...(await termOf(entry)) });
  return all;
}

/** A copy comes after all that it may quote. */
function layered(going: readonly Going[], asking: Asking): readonly (readonly Going[])[] {
  const depth = new Map<Position, number>();
  const layers: Going[][] = [];
  const put = (one: Going, least: number): void => {
    const below = asking.spokenOf(one.entry).map((of) => depth.get(of) ?? -1);
    const layer = Math.max(least, ...below.map((of) => of + 1));
    depth.set(one.entry.position, layer);
    while (layers.length <= layer) layers.push([]);
    layers[layer]?.push(one);
  };
  for (const one of inOrder(going.filter(({ copy }) => !copy))) put(one, 0);
  const least = layers.length;
  for (const one of inOrder(going.filter(({ copy }) => copy))) put(one, least);
  return layers;
}

function inOrder(going: readonly Going[]): readonly Going[] {
  return going.toSorted((a, b) => a.entry.position - b.entry.position);
}
