/** Of records whose time is over: which go, in which order, and which stay and why. */
import type { Entry } from '../../core/entry.ts';
import type { ClassId, Millis, Position } from '../../core/ids.ts';
import type { LeftOut } from '../../core/retention-entries.ts';
import { erasingView } from '../../journal/erasing-view.ts';
import type { ErasingView } from '../../journal/projection.ts';
import { isDelayed } from '../open/open-work.ts';
import { copiesOf } from './copies-store.ts';
import type { WalkDeps } from './run-deps.ts';
import { erasingSpokenOf, isErased, spokenOf, type IsGone } from './staying.ts';

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

type Deps = Pick<WalkDeps, 'journal' | 'staying' | 'receiptOf' | 'clock'>;
type Terms = (entry: Entry) => Promise<Pick<Going, 'class' | 'authority'>>;

/** `due`: in the order of the record. `isGone` adds what a preview only says would be gone. */
export function decide(due: readonly Going[], deps: Deps, termOf: Terms, isGone: IsGone = isErased): Promise<Decided> {
  const { database, keys } = deps.journal;
  return database.read(async (reading) => {
    const view = erasingView(reading, keys, now(deps));
    const { going, stays } = await settle(due, view, deps, isGone);
    const copies = await copiesWith(going, view, { deps, termOf, isGone });
    const layers = await layered([...going, ...copies], view, deps);
    return { layers, stays, unrecorded: await unrecordedOf(due, stays, view) };
  });
}

function now({ clock }: Pick<Deps, 'clock'>): Millis {
  return clock.now();
}

async function unrecordedOf(
  due: readonly Going[],
  stays: readonly LeftOut[],
  { reading }: ErasingView,
): Promise<readonly Going[]> {
  const open = new Set<Position>();
  for (const { position, why } of stays) {
    const isOpen = why === 'open-task' || why === 'open-item';
    if (isOpen && !(await isDelayed(position, reading))) open.add(position);
  }
  return due.filter(({ entry }) => open.has(entry.position));
}

/** What stays may make others stay that speak of it: asked again until nothing changes. */
async function settle(due: readonly Going[], view: ErasingView, deps: Deps, isGone: IsGone) {
  const stays: LeftOut[] = [];
  let going = due;
  const leave = (out: readonly LeftOut[]): void => {
    const left = new Map(out.map((one) => [one.position, one]));
    going = going.filter(({ entry }) => !left.has(entry.position));
    stays.push(...left.values());
  };
  const asked = (): readonly Entry[] => going.map(({ entry }) => entry);
  for (const erasing of deps.staying) leave(await erasing(asked(), view));
  const spoken = erasingSpokenOf(deps.receiptOf, isGone);
  for (let left = await spoken(asked(), view); left.length > 0; left = await spoken(asked(), view)) leave(left);
  return { going, stays };
}

interface Copying {
  readonly deps: Deps;
  readonly termOf: Terms;
  readonly isGone: IsGone;
}

async function copiesWith(
  going: readonly Going[],
  view: ErasingView,
  { deps, termOf, isGone }: Copying,
): Promise<readonly Going[]> {
  const known = new Set(going.map(({ entry }) => entry.position));
  const copies = new Set<Position>();
  for (const { entry } of going) {
    for (const copy of await copiesOf(view.reading, entry.position)) {
      if (!known.has(copy) && !(await isGone(copy, view))) copies.add(copy);
    }
  }
  if (copies.size === 0) return [];
  let entries = await view.open([...copies].toSorted((a, b) => a - b));
  for (const erasing of deps.staying) {
    const left = new Set((await erasing(entries, view)).map(({ position }) => position));
    entries = entries.filter(({ position }) => !left.has(position));
  }
  const all: Going[] = [];
  for (const entry of entries) all.push({ entry, copy: true, ...(await termOf(entry)) });
  return all;
}

/** A copy comes after all that it may quote. */
async function layered(going: readonly Going[], view: ErasingView, deps: Deps): Promise<readonly (readonly Going[])[]> {
  const depth = new Map<Position, number>();
  const layers: Going[][] = [];
  const put = async (one: Going, least: number): Promise<void> => {
    const below = (await spokenOf(one.entry, view, deps.receiptOf)).map((of) => depth.get(of) ?? -1);
    const layer = Math.max(least, ...below.map((of) => of + 1));
    depth.set(one.entry.position, layer);
    while (layers.length <= layer) layers.push([]);
    layers[layer]?.push(one);
  };
  for (const one of inOrder(going.filter(({ copy }) => !copy))) await put(one, 0);
  const least = layers.length;
  for (const one of inOrder(going.filter(({ copy }) => copy))) await put(one, least);
  return layers;
}

function inOrder(going: readonly Going[]): readonly Going[] {
  return going.toSorted((a, b) => a.entry.position - b.entry.position);
}
