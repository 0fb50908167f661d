/** A contact card (RFC 6350, and 2.1 and 3.0 as phones still write them): a name, and numbers as they stand there. */

export interface Card {
  /** Empty where it has none. */
  readonly name: string;
  readonly phones: readonly string[];
}

/** Larger ones are cut: pictures stand behind what is looked for. */
export const LONGEST_CARD = 65_536;
const PHONES_MAX = 20;
const BEGIN = /^\ufeff?\s*BEGIN:VCARD\s*$/imu;

/** The first card in a text; undefined where there is none. Never throws. */
export function cardIn(text: string): Card | undefined {
  const cut = text.slice(0, LONGEST_CARD);
  if (!BEGIN.test(cut.slice(0, 200))) return undefined;
  // Long lines are folded: one that begins with white space goes on with the line before it (RFC 6350, 3.2).
  const lines = cut.replace(/\r?\n[ \t]/gu, '').split(/\r?\n/u);
  const end = lines.findIndex((line) => /^END:VCARD\s*$/iu.test(line));
  const fields = lines.slice(0, end === -1 ? undefined : end).flatMap(fieldOf);
  const of = (name: string): readonly string[] =>
    fields.filter((field) => field.name === name).map((field) => field.value);
  const name = of('FN')[0] ?? of('N')[0]?.split(';').filter(Boolean).reverse().join(' ') ?? '';
  return { name, phones: of('TEL').slice(0, PHONES_MAX) };
}

interface Field {
  readonly name: string;
  readonly value: string;
}

/** `item1.TEL;TYPE=CELL:+1 202 555 0199`, `TEL;VALUE=uri:tel:+1-202-555-0199`. */
function fieldOf(line: string): readonly Field[] {
  const match = /^(?:[\w-]+\.)?([a-z-]+)((?:;[^:]*)?):(.*)$/iu.exec(line);
  if (match === null) return [];
  const [, name = '', parameters = '', written = ''] = match;
  const raw = /ENCODING=QUOTED-PRINTABLE/iu.test(parameters) ? unquoted(written) : written;
  const value = raw
    .replace(/^tel:/iu, '')
    .replace(/;ext=.*$/iu, '')
    .replace(/\\([,;\\])/gu, '$1')
    .trim();
  return [{ name: name.toUpperCase(), value }];
}

function unquoted(text: string): string {
  const bytes = text.replace(/=([0-9A-F]{2})/giu, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
