/** Puts tags and texts together to elements, with their namespaces. */
import type { XmlElement, XmlNode } from './element.ts';
import type { Tag } from './tag.ts';
import { XmlFault } from './xml-fault.ts';

/** Elements within each other. */
const maxDepth = 64;
const XML_NS = 'http://www.w3.org/XML/1998/namespace';

interface Open {
  readonly tag: string;
  readonly name: string;
  readonly ns: string;
  readonly attrs: Record<string, string>;
  readonly children: XmlNode[];
  /** Namespaces by prefix; the default one by ''. */
  readonly scope: ReadonlyMap<string, string>;
}

export type Built =
  | { readonly is: 'header'; readonly attrs: ReadonlyMap<string, string> }
  | { readonly is: 'stanza'; readonly element: XmlElement }
  | { readonly is: 'end' };

export class ElementBuilder {
  readonly #open: Open[] = [];

  /** 0 before the stream's header, 1 between stanzas. */
  get depth(): number {
    return this.#open.length;
  }

  /** @throws XmlFault */
  text(text: string): void {
    if (this.#open.length > 1) this.#open.at(-1)?.children.push(text);
    else if (text.trim() !== '') throw new XmlFault('not-well-formed', 'text between stanzas');
  }

  /** @returns what is whole now. @throws XmlFault */
  tag(tag: Tag): Built | undefined {
    if (tag.is === 'end') return this.#close(tag.name);
    const open = this.#begin(tag);
    if (this.#open.length > maxDepth) throw new XmlFault('policy-violation', 'elements too deep within each other');
    this.#open.push(open);
    if (tag.empty) return this.#close(open.tag);
    return this.#open.length === 1 ? { is: 'header', attrs: tag.attrs } : undefined;
  }

  #begin(tag: Extract<Tag, { is: 'start' }>): Open {
    const scope = new Map(this.#scope());
    const attrs: Record<string, string> = {};
    for (const [key, value] of tag.attrs) {
      const declared = /^xmlns(?::(.+))?$/u.exec(key);
      if (declared !== null) scope.set(declared[1] ?? '', value);
      else if (!key.includes(':') || key === 'xml:lang') attrs[key] = value;
    }
    const { prefix, name } = split(tag.name);
    const ns = scope.get(prefix);
    if (ns === undefined && prefix !== '') throw new XmlFault('bad-namespace-prefix', 'a prefix without a namespace');
    return { tag: tag.name, name, ns: ns ?? '', attrs, children: [], scope };
  }

  #scope(): ReadonlyMap<string, string> {
    return this.#open.at(-1)?.scope ?? new Map([['xml', XML_NS]]);
  }

  #close(name: string): Built | undefined {
    const open = this.#open.pop();
    if (open?.tag !== name) throw new XmlFault('not-well-formed', 'an end tag of another element');
    if (this.#open.length === 0) return { is: 'end' };
    const element: XmlElement = { name: open.name, ns: open.ns, attrs: open.attrs, children: joined(open.children) };
    if (this.#open.length === 1) return { is: 'stanza', element };
    this.#open.at(-1)?.children.push(element);
    return undefined;
  }
}

function split(name: string): { prefix: string; name: string } {
  const colon = name.indexOf(':');
  return colon === -1 ? { prefix: '', name } : { prefix: name.slice(0, colon), name: name.slice(colon + 1) };
}

/** Texts that came in pieces, as one; line ends as XML has them. */
function joined(nodes: readonly XmlNode[]): XmlNode[] {
  const out: XmlNode[] = [];
  for (const node of nodes) {
    const last = out.at(-1);
    if (typeof node === 'string' && typeof last === 'string') out[out.length - 1] = last + node;
    else out.push(node);
  }
  return out;
}
