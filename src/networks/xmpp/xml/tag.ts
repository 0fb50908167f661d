/** One tag of the stream, read strictly: what RFC 6120, 11.1 forbids and what is not well-formed is refused. */
import { isWritable } from './characters.ts';
import { XmlFault } from './xml-fault.ts';

export type Tag =
  | {
      readonly is: 'start';
      readonly name: string;
      readonly attrs: ReadonlyMap<string, string>;
      readonly empty: boolean;
    }
  | { readonly is: 'end'; readonly name: string };

/** Attributes of one tag. */
const maxAttributes = 64;
const nameForm = /[^\s/<>="'&!?]+/uy;
const attributeForm = /\s+([^\s/<>="'&]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/uy;
const predefined = new Map(Object.entries({ lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }));

/** `text` is what stands between `<` and `>`. @throws XmlFault */
export function readTag(text: string): Tag {
  if (text.startsWith('/')) return { is: 'end', name: nameAt(text, 1, /^\s*$/u) };
  const name = matchAt(nameForm, text, 0)?.[0];
  if (name === undefined) throw new XmlFault('not-well-formed', 'a tag without a name');
  const { attrs, end } = readAttributes(text, name.length);
  const rest = text.slice(end).trim();
  if (rest !== '' && rest !== '/') throw new XmlFault('not-well-formed', 'a tag that does not end as it should');
  return { is: 'start', name, attrs, empty: rest === '/' };
}

function readAttributes(text: string, from: number): { readonly attrs: Map<string, string>; readonly end: number } {
  const attrs = new Map<string, string>();
  let end = from;
  for (let found = matchAt(attributeForm, text, end); found !== null; found = matchAt(attributeForm, text, end)) {
    const [whole, key = '', double, single] = found;
    if (attrs.has(key)) throw new XmlFault('not-well-formed', 'an attribute that is there twice');
    if (attrs.size >= maxAttributes) throw new XmlFault('policy-violation', 'too many attributes');
    attrs.set(key, unescapeXml((double ?? single ?? '').replace(/[\n\r\t]/gu, ' ')));
    end += whole.length;
  }
  return { attrs, end };
}

/** Only the five entities that XML has by itself, and numbers of characters. @throws XmlFault */
export function unescapeXml(text: string): string {
  if (!isWritable(text)) throw new XmlFault('not-well-formed', 'a character that XML does not have');
  return text.replace(/&([^;\s&]{0,10})(;?)/gu, (_whole, name: string, end: string) => {
    const value = end === ';' ? (predefined.get(name) ?? numbered(name)) : undefined;
    if (value === undefined) throw new XmlFault('restricted-xml', 'an entity');
    return value;
  });
}

function numbered(name: string): string | undefined {
  const found = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/iu.exec(name);
  if (found === null) return undefined;
  const point = found[1] === undefined ? Number(found[2]) : Number.parseInt(found[1], 16);
  const char = point <= 0x10ffff ? String.fromCodePoint(point) : '\0';
  if (!isWritable(char)) throw new XmlFault('not-well-formed', 'the number of a character that XML does not have');
  return char;
}

function nameAt(text: string, at: number, rest: RegExp): string {
  const name = matchAt(nameForm, text, at)?.[0] ?? '';
  if (name === '' || !rest.test(text.slice(at + name.length))) {
    throw new XmlFault('not-well-formed', 'an end tag that is none');
  }
  return name;
}

function matchAt(form: RegExp, text: string, at: number): RegExpExecArray | null {
  form.lastIndex = at;
  return form.exec(text);
}
