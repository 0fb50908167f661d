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
  return of.colleagues.some((colleague) => skeletonOf(colleague) === skeleton);
}
