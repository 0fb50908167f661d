/** Ways to write a card number and "call my cell" past a gate: what is caught, and what honestly isn't, with the reason. */
import { describe, expect, test } from '@jest/globals';
import { must, parsePosition } from '../../../src/core/ids.ts';
import { allDetectors } from '../../../src/policy/detectors/all-detectors.ts';
import { createJudge } from '../../../src/policy/engine/judge.ts';
import type { JudgedMessage, Piece } from '../../../src/policy/message.ts';
import { visibleText } from '../../../src/policy/normalise/html-text.ts';
import { quotedIn } from '../../../src/policy/normalise/quotes.ts';
import type { Judge } from '../../../src/policy/verdict.ts';
import { contextOf, is, lexicon, noExceptions, piece, rule } from './engine/made-rules.ts';

interface Row {
  readonly how: string;
  /** The newest last; those before it are earlier messages of the sender. */
  readonly texts: readonly (string | Piece)[];
  readonly caught: 'card' | 'phrase' | false;
  /** What catches it, or why nothing does. */
  readonly by: string;
}

const phrases = ['call my cell', 'ruf mich privat an', 'appelle mon portable', 'llama a mi movil'];

function html(text: string): Piece {
  const read = visibleText(text);
  return piece(read.text, 'html', read.quoted);
}

function quoting(text: string): Piece {
  return piece(text, 'body', quotedIn(text));
}

/** Each digit of "4111 1111 1111 1111" as `write` writes it. */
function cardAs(write: (digit: number) => string, between = ''): string {
  return Array.from('4111111111111111', (digit) => write(Number(digit))).join(between);
}

function letters(first: number): (text: string) => string {
  return (text) => text.replaceAll(/[a-z]/g, (letter) => String.fromCodePoint(first + letter.charCodeAt(0) - 97));
}

const spelled = {
  en: cardAs((digit) => ['one', 'four'][digit === 4 ? 1 : 0] ?? '', ' '),
  de: cardAs((digit) => (digit === 4 ? 'vier' : 'eins'), ' '),
  fr: cardAs((digit) => (digit === 4 ? 'quatre' : 'un'), ', '),
  es: cardAs((digit) => (digit === 4 ? 'cuatro' : 'uno'), '-'),
};
const own = 'digits are read through what stands between them';
const word = 'numbers said in words are digits';
const folded = 'folded to what it looks like';

const rows: readonly Row[] = [
  { how: 'plainly', texts: ['my card is 4111111111111111'], caught: 'card', by: 'its form' },
  { how: 'as printed on the card', texts: ['4111 1111 1111 1111'], caught: 'card', by: 'its form' },
  { how: 'with dashes', texts: ['4111-1111-1111-1111'], caught: 'card', by: 'its form' },
  { how: 'with long dashes', texts: ['4111—1111–1111−1111'], caught: 'card', by: 'all dashes are one' },
  { how: 'with dots', texts: ['4111.1111.1111.1111'], caught: 'card', by: own },
  { how: 'digit by digit', texts: [cardAs(String, ' ')], caught: 'card', by: own },
  { how: 'one digit a line', texts: [cardAs(String, '\n')], caught: 'card', by: own },
  { how: 'with stars', texts: [cardAs(String, ' * ')], caught: 'card', by: own },
  { how: 'with more than three signs between', texts: [cardAs(String, ' ~~~ ')], caught: false, by: 'a longer gap is taken for two numbers' },
  { how: 'with words between', texts: ['4111 then 1111 then 1111 then 1111'], caught: false, by: 'a word ends a number, else every list of figures were one' },
  { how: 'with the separators said', texts: ['4111 dash 1111 dash 1111 dash 1111'], caught: 'card', by: 'said separators are separators' },
  { how: 'full-width', texts: [cardAs((digit) => String.fromCodePoint(0xff10 + digit))], caught: 'card', by: folded },
  { how: 'in Arabic-Indic digits', texts: [cardAs((digit) => String.fromCodePoint(0x660 + digit))], caught: 'card', by: 'digits of all scripts are digits' },
  { how: 'in keycaps', texts: [cardAs((digit) => `${String(digit)}\ufe0f\u20e3`)], caught: 'card', by: folded },
  { how: 'in circles', texts: [cardAs((digit) => String.fromCodePoint(0x245f + digit))], caught: 'card', by: folded },
  { how: 'in black circles', texts: [cardAs((digit) => String.fromCodePoint(0x2775 + digit), ' ')], caught: 'card', by: folded },
  { how: 'said in English', texts: [spelled.en], caught: 'card', by: word },
  { how: 'said in German', texts: [spelled.de], caught: 'card', by: word },
  { how: 'said in French', texts: [spelled.fr], caught: 'card', by: word },
  { how: 'said in Spanish', texts: [spelled.es], caught: 'card', by: word },
  { how: 'said as pairs', texts: ['forty-one eleven eleven eleven eleven eleven eleven eleven'], caught: 'card', by: word },
  { how: 'half said', texts: ['four 111 one 111 one one 11 1111'], caught: 'card', by: word },
  { how: 'said with "double"', texts: ['four one double one double one double one double one double one double one double one'], caught: 'card', by: word },
  { how: 'said as "four times one"', texts: ['four, then fifteen times one'], caught: false, by: 'sums are not worked out' },
  { how: 'said in another language', texts: [cardAs((digit) => (digit === 4 ? 'quattro' : 'uno'), ' ')], caught: false, by: 'numbers are known in English, German, French and Spanish' },
  { how: 'with letters for digits', texts: ['4l11 1I11 1l1l 11l1'], caught: 'card', by: 'letters between digits that look like digits' },
  { how: 'with letters for digits at its end', texts: ['5105 1O51 O51O 51OO'], caught: 'card', by: 'letters in one word with a digit, in a long number' },
  { how: 'with a group of letters alone', texts: ['4OOO OOOO OOOO OOO2'], caught: 'card', by: 'letters between digits that look like digits' },
  { how: 'with bars', texts: ['4111|1111|1111|1111'], caught: 'card', by: 'bars between figures are separators' },
  { how: 'as lists of stolen cards have it', texts: ['4111111111111111|12|28|123'], caught: 'card', by: 'what stands behind are its codes' },
  { how: 'behind another number', texts: ['at 10:30 4111 1111 1111 1111'], caught: 'card', by: 'a group of another length is no part of it' },
  { how: 'in a line of its own, below a number', texts: ['pay $100\n4111 1111 1111 1111'], caught: 'card', by: 'a number ends with its line' },
  { how: 'two of them, each in a line', texts: ['4111 1111 1111 1111\n5500 0000 0000 0004'], caught: 'card', by: 'a number ends with its line' },
  { how: 'two of them, side by side', texts: ['4111 1111 1111 1111 5500 0000 0000 0004'], caught: 'card', by: 'what stands beside is another one' },
  { how: 'in a numbered list', texts: ['1. 4111 1111 1111 1111\n2. 5500 0000 0000 0004'], caught: 'card', by: 'a number ends with its line' },
  { how: 'with a letter between', texts: ['4111x1111x1111x1111'], caught: false, by: 'letters end a number, else every key and every part number were one' },
  { how: 'glued to words', texts: ['card4111111111111111exp1228'], caught: false, by: 'digits that touch letters are part of a name or of a key' },
  { how: 'numbered piece by piece', texts: ['1) 4111 2) 1111 3) 1111 4) 1111'], caught: false, by: 'all digits of a row are read' },
  { how: 'in Chinese numerals', texts: ['四一一一 一一一一 一一一一 一一一一'], caught: false, by: 'numbers in words are known in four languages' },
  { how: 'with zero-width characters', texts: [cardAs(String, '\u200b')], caught: 'card', by: 'what cannot be seen is left out' },
  { how: 'with tags and soft hyphens', texts: [cardAs(String, '\u00ad\u{e0041}')], caught: 'card', by: 'what cannot be seen is left out' },
  { how: 'backwards, shown forwards by a bidi override', texts: [`\u202e${Array.from('4012888888881881').reverse().join('')}\u202c`], caught: false, by: 'digits are read in the order of the text; the override itself is noted as a trick' },
  { how: 'backwards', texts: [Array.from('4012888888881881').reverse().join('')], caught: false, by: 'read backwards any number may be a card' },
  { how: 'in Roman numerals', texts: [cardAs((digit) => (digit === 4 ? 'IV' : 'I'), ' ')], caught: false, by: 'I is a word, and so are many others' },
  { how: 'over two messages', texts: ['4111 1111', '1111 1111'], caught: 'card', by: 'read together with what was sent before' },
  { how: 'over three messages', texts: ['it is 4111 11', '11 1111', '1111 ok?'], caught: 'card', by: 'read together with what was sent before' },
  { how: 'over four messages', texts: ['4111', '1111', '1111', '1111'], caught: 'card', by: 'read together with what was sent before' },
  { how: 'over sixteen messages', texts: Array.from('4111111111111111'), caught: false, by: 'at most five messages before are read again' },
  { how: 'over messages with talk between', texts: ['4111 1111', 'how are you', '1111 1111'], caught: false, by: 'a word ends a number' },
  { how: 'edited in later', texts: [piece('sorry: 4111 1111 1111 1111')], caught: 'card', by: 'an edit is judged by what it says then' },
  { how: 'in the formatted body alone', texts: ['hello', html('<b>4111</b> 1111 <i>1111</i> 1111')], caught: 'card', by: 'the formatted body is read as well' },
  { how: 'hidden in the formatted body', texts: ['hello', html('hi<span style="font-size: 0">4111111111111111</span>')], caught: 'card', by: 'hidden text is text' },
  { how: 'with hidden words between', texts: ['hello', html('4111 1111<span style="font-size:0">so it is</span>1111 1111')], caught: false, by: 'hidden text is read where it stands; `html-text` tells where that is' },
  { how: 'as entities', texts: ['hello', html('&#52;111 &#x31;111 1111 1111')], caught: 'card', by: 'entities are characters' },
  { how: 'as the text of a picture', texts: ['hello', html('<img src="mxc://a/b" alt="4111111111111111">')], caught: 'card', by: 'alternative texts are read' },
  { how: 'in a caption', texts: [piece('card 4111 1111 1111 1111', 'caption')], caught: 'card', by: 'captions are read' },
  { how: 'in a file name', texts: [piece('4111-1111-1111-1111.pdf', 'file-name')], caught: 'card', by: 'file names are read' },
  { how: 'in the text of a file', texts: [piece('Name\tCard\nBo\t4111 1111 1111 1111', 'file')], caught: 'card', by: 'texts of files are read' },
  { how: 'over the cells of a table', texts: [piece('4111,1111,1111,1111', 'file')], caught: 'card', by: own },
  { how: 'in a quotation', texts: [quoting('> 4111 1111 1111 1111\nok')], caught: 'card', by: 'a rule leaves out quotations only where it says so' },
  { how: 'in base64', texts: ['NDExMTExMTExMTExMTExMQ=='], caught: false, by: 'nothing is decoded' },
  { how: 'in hexadecimal', texts: ['34 31 31 31 31 31 31 31 31 31 31 31 31 31 31 31'], caught: false, by: 'nothing is decoded' },
  { how: 'as a hint without a number', texts: ['same card as on the last invoice'], caught: false, by: 'there is no number in it' },
  { how: 'in words, plainly', texts: ['please call my cell'], caught: 'phrase', by: 'the lexicon' },
  { how: 'in Cyrillic letters', texts: ['саll my сеll'], caught: 'phrase', by: folded },
  { how: 'in Greek letters', texts: ['cαll my cεll'], caught: 'phrase', by: folded },
  { how: 'in mathematical bold', texts: [letters(0x1d41a)('call my cell')], caught: 'phrase', by: folded },
  { how: 'in small capitals', texts: ['ᴄᴀʟʟ ᴍʏ ᴄᴇʟʟ'], caught: 'phrase', by: folded },
  { how: 'in squares', texts: [letters(0x1f170)('call my cell')], caught: 'phrase', by: folded },
  { how: 'in letters of flags', texts: [letters(0x1f1e6)('call my cell')], caught: 'phrase', by: folded },
  { how: 'with accents', texts: ['cäll mÿ çéll'], caught: 'phrase', by: 'marks on letters are left out' },
  { how: 'with marks piled up', texts: ['c\u0336a\u0336l\u0336l\u0336 my c\u0336e\u0336l\u0336l\u0336'], caught: 'phrase', by: 'marks on letters are left out' },
  { how: 'with digits for letters', texts: ['c4ll my c3ll'], caught: 'phrase', by: 'digits in words are read as letters' },
  { how: 'with signs for letters', texts: ['c@ll my ce||'], caught: 'phrase', by: 'signs in words are read as letters' },
  { how: 'dotted', texts: ['c.a.l.l m.y c.e.l.l'], caught: 'phrase', by: 'single letters are drawn together' },
  { how: 'one letter a space, one word a line', texts: ['c a l l\nm y\nc e l l'], caught: 'phrase', by: 'single letters are drawn together' },
  { how: 'spaced, with wider gaps', texts: ['c a l l   m y   c e l l'], caught: 'phrase', by: 'single letters are drawn together' },
  { how: 'spaced evenly', texts: ['c a l l m y c e l l'], caught: false, by: 'where its words end is not known' },
  { how: 'over messages', texts: ['call', 'my', 'cell'], caught: 'phrase', by: 'read together with what was sent before' },
  { how: 'in German', texts: ['Ruf mich   PRIVAT an'], caught: 'phrase', by: 'the lexicon' },
  { how: 'in French', texts: ['appelle mon portable'], caught: 'phrase', by: 'the lexicon' },
  { how: 'in Spanish', texts: ['llama a mi móvil'], caught: 'phrase', by: 'the lexicon' },
  { how: 'in a language without a lexicon', texts: ['chiamami sul mio cellulare'], caught: false, by: 'no lexicon has it' },
  { how: 'misspelled', texts: ['cal my cel'], caught: false, by: 'terms are matched as they are' },
  { how: 'in ROT13', texts: ['pnyy zl pryy'], caught: false, by: 'nothing is decoded' },
]; // prettier-ignore

const files: readonly (readonly [how: string, message: JudgedMessage])[] = [
  ['a picture of it', { pieces: [piece('IMG_1.jpg', 'file-name')], unread: [{ why: 'image', part: 0 }], content: 'c' }],
  [
    'its voice message',
    { pieces: [piece('voice.ogg', 'file-name')], unread: [{ why: 'voice', part: 0 }], content: 'c' },
  ],
];

function judge(): Judge {
  const set = {
    digest: 'd',
    rules: [
      rule(is.detector(0.85, 'card'), { id: 'card', together: 5 }),
      rule(is.words('phrase'), { id: 'phrase', together: 5 }),
      rule({ is: 'unscanned' }, { id: 'unread' }),
      rule(is.detector(0.85, 'card'), { id: 'card-unquoted', except: { ...noExceptions, quotes: true } }),
    ],
    lexicons: [lexicon('phrase', ...phrases)],
  };
  const made = createJudge(set, { detectors: allDetectors, key: new Uint8Array(32) });
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  return made.value;
}

/** Strings are messages one after the other; pieces are of the last one. */
function hitsOf(judging: Judge, texts: Row['texts']): readonly string[] {
  const isOne = texts.some((text) => typeof text !== 'string');
  const messages = texts.map((text) => (typeof text === 'string' ? piece(text) : text));
  const pieces = isOne ? messages : messages.slice(-1);
  const earlier = isOne ? [] : messages.slice(0, -1).reverse().slice(0, 5);
  const context = contextOf();
  const before = earlier.map(({ text }, n) => ({ of: must(parsePosition(100 - n)), text, at: context.at }));
  return judging({ pieces, unread: [], content: 'c' }, { ...context, before }).hits.map((hit) => hit.rule);
}

describe('A card number or "call my cell", written', () => {
  const judging = judge();

  test.each(rows)('$how: caught $caught ($by)', ({ texts, caught }) => {
    const hits = hitsOf(judging, texts);
    expect(hits.includes('card')).toBe(caught === 'card');
    expect(hits.includes('phrase')).toBe(caught === 'phrase');
  });

  test('as something that cannot be read is no finding, and says so', () => {
    for (const [, message] of files) {
      expect(judging(message, contextOf()).hits.map((hit) => hit.rule)).toEqual(['unread']);
    }
  });

  test('in a quotation is not caught by a rule that leaves quotations out', () => {
    expect(hitsOf(judging, [quoting('> 4111 1111 1111 1111\nok')])).toEqual(['card']);
    expect(hitsOf(judging, ['4111 1111 1111 1111'])).toContain('card-unquoted');
  });

  test('is in this table in forty ways at least, each once', () => {
    expect(rows.length).toBeGreaterThanOrEqual(40);
    expect(new Set(rows.map(({ how }) => how)).size).toBe(rows.length);
  });
});
