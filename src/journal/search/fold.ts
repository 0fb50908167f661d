/**
 * Folding: what a search treats as the same letter. The index and the decision on the decrypted text fold alike, so
 * that the index never loses what the text would match.
 *
 * NFKC makes one of full-width, ligature and composed forms; case folding makes one of cases (ß is ss, ς is σ).
 * Diacritics on Latin and Greek letters go, because people on phones leave them out (Muller, cafe), and so do ё's dots,
 * Hebrew points and Arabic vowel signs, which are written or not as one likes. All other marks stay: they are the
 * vowels of Indic and South-East Asian scripts, and the voicing of kana. Characters that show nothing go too.
 */
const ASCII = /^[\0-\x7f]*$/u;
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
const MARKS_ON_LETTERS = /([\p{Script=Latin}\p{Script=Greek}])[\u0300-\u036f]+/gu;
const POINTS = /[\p{Mn}&&[\p{scx=Hebr}\p{scx=Arab}]]|\u0640/gv;

export function fold(text: string): string {
  return ASCII.test(text) ? text.toLowerCase() : foldAny(text);
}

function foldAny(text: string): string {
  return text
    .replaceAll(INVISIBLE, '')
    .normalize('NFKC')
    .toUpperCase()
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .normalize('NFD')
    .replaceAll(MARKS_ON_LETTERS, '$1')
    .normalize('NFC')
    .replaceAll('ё', 'е')
    .replaceAll(POINTS, '');
}
