/** Names that outsiders choose, and whom a reader could take them for. */
import { isInvisible } from './invisible.ts';
import { lookAlikes } from './look-alikes.ts';

const ALIKE: ReadonlyMap<number, string> = new Map(
  Object.entries(lookAlikes).flatMap(([letter, points]) =>
    points.split(' ').map((point) => [Number.parseInt(point, 16), letter] as const),
  ),
);
/** Latin letters and digits that look like another, each by one of its kind. */
const SAME: Readonly<Record<string, string>> = { 0: 'o', 1: 'l', i: 'l', '|': 'l', 5: 's', $: 's', '@': 'a' };

/**
 * What two names have in common that look the same (after UTS 39, 4): look-alikes of other scripts as Latin letters,
 * without accents, invisible and bidirectional characters, spaces, signs and case. Not a text: only for comparing.
 */
export function skeletonOf(name: string): string {
  const out: string[] = [];
  for (const char of name.normalize('NFKD')) {
    const point = char.codePointAt(0) ?? 0;
    if (isInvisible(char, point)) continue;
    const letter = (ALIKE.get(point) ?? char).toLowerCase().normalize('NFKD');
    for (const unit of letter) out.push(SAME[unit] ?? (/[\p{L}\p{N}]/u.test(unit) ? unit : ''));
  }
  return out.join('').replaceAll('rn', 'm').replaceAll('vv', 'w');
}

/** Names that only the house itself bears, anywhere in a name. */
const HOUSE = ['Gatehouse', 'Compliance', 'Archivist'].map(skeletonOf);

/** A network in brackets stands behind each name, put there by us: `Ann Lee (SMS)`. */
const SUFFIX = /[(\uff08\u2768\u276a[\uff3b{]\s*([^()]{1,30}?)\s*[)\uff09\u2769\u276b\]\uff3d}]/gu;

/** Whether a reader could take `name` for one of `colleagues`, for the house, or for somebody on another network. */
export function posesAs(
  name: string,
  of: { readonly colleagues: readonly string[]; readonly networks: readonly string[] },
): boolean {
  const skeleton = skeletonOf(name);
  if (skeleton === '') return false;
  if (HOUSE.some((own) => skeleton.includes(own))) return true;
  const networks = new Set(of.networks.map(skeletonOf));
  const inBrackets = Array.from(name.normalize('NFKC').matchAll(SUFFIX), (match) => skeletonOf(match[1] ?? ''));
  if (inBrackets.some((word) => networks.has(word))) return true;
  const read = skeletonsIn(name);
  return of.colleagues.some((colleague) => {
    const own = skeletonOf(colleague);
    return read.whole.has(own) || (isFullName(colleague) && read.within.has(own));
  });
}

/** A name of one word is many people's, and is taken for somebody only where it stands alone. */
function isFullName(name: string): boolean {
  return wordsOf(name).length > 1;
}

/** By how a reader reads a name: as it is, as a Matrix id, without what stands in brackets; and each run of its words. */
function skeletonsIn(name: string): { readonly whole: ReadonlySet<string>; readonly within: ReadonlySet<string> } {
  const plain = name.normalize('NFKC');
  const asId = plain.trim().replace(/^@/u, '').replace(/:\S*$/u, '');
  const bare = plain.replaceAll(SUFFIX, ' ');
  const ofId = asId.replaceAll(SUFFIX, ' ').trim().replace(/:\S*$/u, '');
  const words = wordsOf(bare);
  const within = words.flatMap((_, from) =>
    words
      .slice(from + 1, from + LONGEST_NAME)
      .map((__, more) => skeletonOf(words.slice(from, from + more + 2).join(''))),
  );
  return { whole: new Set([plain, asId, bare, ofId].map(skeletonOf)), within: new Set(within) };
}

/** Words of a person's name at most; longer runs are looked at no further. */
const LONGEST_NAME = 6;
/** Of the words that are looked at: a name is cut before it is shown. */
const MOST_WORDS = 60;

function wordsOf(name: string): readonly string[] {
  const words = name.split(/[\s\p{P}\p{Z}\p{Cf}]+/u).filter((word) => word !== '');
  return words.slice(0, MOST_WORDS);
}
