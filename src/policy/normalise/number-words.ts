/** Numbers from 0 to 99 as people say them in English, German, French and Spanish: folded words to digits. */
const english = {
  units:
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen',
  tens: 'twenty thirty forty fifty sixty seventy eighty ninety',
};
const german = {
  units:
    'null eins zwei drei vier funf sechs sieben acht neun zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn',
  tens: 'zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig',
};
const french = {
  units:
    'zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf',
  tens: 'vingt trente quarante cinquante soixante',
};
const spanish = {
  units:
    'cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve',
  tens: 'veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa',
};

/** Other ways of saying a digit: on the phone, in letters without umlauts, in the feminine. */
const others: Readonly<Record<string, string>> = {
  oh: '0', nil: '0', nought: '0', naught: '0', zwo: '2', fuenf: '5', zwoelf: '12', fuenfzehn: '15', dreizig: '30',
  fuenfzig: '50', une: '1', una: '1', septante: '70', huitante: '80', octante: '80', nonante: '90', niner: '9',
}; // prettier-ignore

type Words = Map<string, string>;

function list(words: string): readonly string[] {
  return words.split(' ');
}

function base(into: Words, language: { readonly units: string; readonly tens: string }): void {
  for (const [n, word] of list(language.units).entries()) into.set(word.replaceAll('-', ' '), String(n));
  for (const [n, word] of list(language.tens).entries()) into.set(word, String((n + 2) * 10));
}

/** `twenty one`, `einundzwanzig`, `treinta y uno`, `veintiuno`, `soixante et onze`, `quatre vingt dix sept`. */
function compounds(into: Words): void {
  for (let n = 1; n < 10; n += 1) {
    const say = (language: { readonly units: string }): string => list(language.units)[n] ?? '';
    const [unit, einheit, unidad] = [say(english), n === 1 ? 'ein' : say(german), say(spanish)];
    for (const [t, ten] of list(english.tens).entries()) into.set(`${ten} ${unit}`, String((t + 2) * 10 + n));
    for (const [t, ten] of list(german.tens).entries()) {
      into.set(`${einheit}und${ten}`, String((t + 2) * 10 + n));
      into.set(`${einheit.replace('funf', 'fuenf')}und${ten}`, String((t + 2) * 10 + n));
    }
    for (const [t, ten] of list(spanish.tens).entries()) {
      into.set(t === 0 ? `veinti${unidad}` : `${ten} y ${unidad}`, String((t + 2) * 10 + n));
    }
  }
  frenchCompounds(into);
}

function frenchCompounds(into: Words): void {
  const units = list(french.units).map((unit) => unit.replaceAll('-', ' '));
  for (const [t, ten] of list(french.tens).entries()) {
    const most = ten === 'soixante' ? 20 : 10;
    for (let n = 1; n < most; n += 1) {
      const value = String((t + 2) * 10 + n);
      into.set(`${ten} ${units[n] ?? ''}`, value);
      if (n % 10 === 1) into.set(`${ten} et ${units[n] ?? ''}`, value);
    }
  }
  for (let n = 0; n < 20; n += 1) into.set(`quatre vingt ${n === 0 ? '' : (units[n] ?? '')}`.trim(), String(80 + n));
  into.set('quatre vingts', '80');
}

function build(): ReadonlyMap<string, string> {
  const words: Words = new Map();
  for (const language of [english, german, french, spanish]) base(words, language);
  compounds(words);
  for (const [word, digits] of Object.entries(others)) words.set(word, digits);
  return words;
}

/** Words are parted by one space; a hyphen counts as one. */
export const numberWords = build();
/** `quatre vingt dix sept`. */
export const longestNumber = 4;
/** How often the digit behind it is said. */
export const repeats: ReadonlyMap<string, number> = new Map([
  ['double', 2],
  ['triple', 3],
  ['treble', 3],
  ['doppel', 2],
  ['dreifach', 3],
  ['doble', 2],
]);
/** Separators that are said. */
export const spokenSeparators: ReadonlySet<string> = new Set(
  'dot dash space hyphen slash minus point punkt strich bindestrich leerzeichen schragstrich tiret espace barre punto guion espacio'.split(
    ' ',
  ),
);
