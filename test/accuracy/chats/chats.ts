/** A chat of made messages, the same for the same seed, in which every value that is to be found is known by its place. */
import { SeededRandom } from '../../crash/seeded-random.ts';
import { bare, frames, people, talk } from './frames.ts';
import { lookAlikes } from './look-alikes.ts';
import { makers, type Make } from './values.ts';

export interface Label {
  /** The detector that is to find it. */
  readonly kind: string;
  readonly start: number;
  readonly end: number;
  /** A word near it says what it is. */
  readonly named: boolean;
}

export interface LabelledText {
  readonly text: string;
  readonly labels: readonly Label[];
}

interface Makers {
  readonly values: ReadonlyMap<string, Make>;
  readonly innocent: readonly [Make, ...Make[]];
}

const own: Makers = { values: makers, innocent: lookAlikes };

/** Of four messages one holds a value, two look as if they did, one is talk. */
export function chats(seed: number, count: number, made: Makers = own): readonly LabelledText[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: count }, () => message(random, made));
}

function message(random: SeededRandom, made: Makers): LabelledText {
  const share = random.next();
  if (share < 0.25) return withValue(random, made.values);
  const text = share < 0.75 ? random.oneOf(made.innocent)(random) : spoken(random);
  return { text: share < 0.9 ? text : `${text} ${spoken(random)}`, labels: [] };
}

function withValue(random: SeededRandom, values: ReadonlyMap<string, Make>): LabelledText {
  const [first, ...rest] = [...values];
  if (first === undefined) throw new Error('no values to make');
  const [kind, make] = random.oneOf([first, ...rest]);
  const known = random.next() < 0.75 ? frames.get(kind) : undefined;
  const before = random.next() < 0.2 ? `${spoken(random)} ` : '';
  const [left = '', right = ''] = random.oneOf(known ?? bare).split('{}');
  const value = make(random);
  const start = before.length + left.length;
  const label = { kind, start, end: start + value.length, named: known !== undefined };
  return { text: before + left + value + right, labels: [label] };
}

function spoken(random: SeededRandom): string {
  return random
    .oneOf(talk)
    .replaceAll('{n}', () => String(1 + Math.floor(random.next() * 12)))
    .replaceAll('{w}', () => random.oneOf(people));
}
