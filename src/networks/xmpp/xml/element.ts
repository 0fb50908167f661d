/** An XML element as XMPP uses it: a local name in a namespace, attributes, and children in their order. */

export interface XmlElement {
  readonly name: string;
  readonly ns: string;
  /** By name as written; `xml:lang` is the only one with a prefix that is kept. */
  readonly attrs: Readonly<Record<string, string>>;
  readonly children: readonly XmlNode[];
}
export type XmlNode = XmlElement | string;

type Attrs = Readonly<Record<string, string | undefined>>;

/** Attributes that are undefined are left out. */
export function xml(ns: string, name: string, attrs: Attrs = {}, children: readonly XmlNode[] = []): XmlElement {
  const given: Record<string, string> = {};
  for (const [key, value] of Object.entries(attrs)) if (value !== undefined) given[key] = value;
  return { name, ns, attrs: given, children };
}

export function elementsOf(element: XmlElement): XmlElement[] {
  return element.children.filter((node) => typeof node !== 'string');
}

/** The first child of that name. */
export function childOf(element: XmlElement, ns: string, name: string): XmlElement | undefined {
  return elementsOf(element).find((one) => one.name === name && one.ns === ns);
}

export function childrenOf(element: XmlElement, ns: string, name: string): XmlElement[] {
  return elementsOf(element).filter((one) => one.name === name && one.ns === ns);
}

/** Its own text, without that of its children. */
export function textOf(element: XmlElement | undefined): string {
  return element === undefined ? '' : element.children.filter((node) => typeof node === 'string').join('');
}

export function isElement(element: XmlElement | undefined, ns: string, name: string): boolean {
  return element?.name === name && element.ns === ns;
}
