/** Elements as text for the stream. Whatever is put in comes out well-formed: what XML can't hold is left out. */
import { writable } from './characters.ts';
import type { XmlElement } from './element.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/** `within` is the namespace that holds where it is written. */
export function writeXml(element: XmlElement, within: string): string {
  const { name, ns, attrs, children } = element;
  const own = ns === within ? '' : ` xmlns='${escaped(ns, /[&<>"'\n\t]/gu)}'`;
  const given = Object.entries(attrs).map(([key, value]) => ` ${key}='${escaped(value, /[&<>"'\n\t]/gu)}'`);
  const head = `<${name}${own}${given.join('')}`;
  if (children.length === 0) return `${head}/>`;
  const inner = children.map((node) => (typeof node === 'string' ? escaped(node, /[&<>]/gu) : writeXml(node, ns)));
  return `${head}>${inner.join('')}</${name}>`;
}

function escaped(text: string, what: RegExp): string {
  return writable(text).replace(what, (char) => entities[char] ?? '');
}
