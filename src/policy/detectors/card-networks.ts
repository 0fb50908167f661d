/**
 * Whether a number begins as one of a card network does and is as long as those: what `card-validator` says of it, check digit
 * apart, from the same tables. Asking it costs some 5 µs, and in a page of single digits thousands of numbers ask.
 */
import validator from 'card-validator';

/** Numbers of a network that begin with `digits` digits from `least` to `most`. */
interface Beginning {
  readonly network: number;
  readonly digits: number;
  readonly least: number;
  readonly most: number;
  readonly lengths: number;
}

const { types, getTypeInfo } = validator.creditCardType;

/** In the order in which the library tries them. */
const beginnings: readonly Beginning[] = Object.values(types).flatMap((type, network) => {
  const { patterns, lengths } = getTypeInfo(type);
  return patterns.map((pattern) => beginningOf(pattern, network, setOf(lengths)));
});

function beginningOf(pattern: number | readonly number[], network: number, lengths: number): Beginning {
  const [least = 0, most = least] = typeof pattern === 'number' ? [pattern] : pattern;
  return { network, digits: String(least).length, least, most, lengths };
}

/** A bit for each length. */
function setOf(lengths: readonly number[]): number {
  return lengths.reduce((set, length) => set | (1 << length), 0);
}

const first = 3;
/** By the first three digits, so that most numbers are told apart by those and their length. */
const byFirst: readonly (readonly Beginning[])[] = Array.from({ length: 10 ** first }, (_, three) =>
  beginnings.filter(({ digits, least, most }) => {
    const [shorter, longer] = [10 ** Math.max(0, first - digits), 10 ** Math.max(0, digits - first)];
    return (
      Math.floor(least / longer) <= Math.floor(three / shorter) &&
      Math.floor(three / shorter) <= Math.floor(most / longer)
    );
  }),
);
const lengthsByFirst = Uint32Array.from(byFirst, (some) => some.reduce((set, { lengths }) => set | lengths, 0));

/** The lengths, a bit for each, of networks' numbers that begin with the three digits at `from`: for most digits there are none. */
export function lengthsOfNetworks(digits: string, from: number): number {
  return lengthsByFirst[numberAt(digits, from, first)] ?? 0;
}

/** A network's number has at least as many digits as its longest beginning. Of several networks the most exact counts. */
export function isOfNetwork(digits: string, from: number, length: number): boolean {
  let [best, lengths, told] = [0, 0, -1];
  for (const beginning of byFirst[numberAt(digits, from, first)] ?? []) {
    if (beginning.network === told) continue;
    const value = numberAt(digits, from, beginning.digits);
    if (value < beginning.least || value > beginning.most) continue;
    told = beginning.network;
    if (beginning.digits > best) ({ digits: best, lengths } = beginning);
  }
  return ((lengths >> length) & 1) === 1;
}

function numberAt(digits: string, from: number, length: number): number {
  let value = 0;
  for (let at = from; at < from + length; at += 1) value = value * 10 + digits.charCodeAt(at) - 48;
  return value;
}
