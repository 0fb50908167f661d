/** Items one after the other as nested lists of HTML. */
import type { Mark } from '../../core/rich-text.ts';

type Item = Mark & { readonly as: 'item' };

interface List {
  readonly tag: 'ul' | 'ol';
  next: number;
}

/** Deeper items stand at this depth: clients give up at a hundred tags. */
const DEEPEST = 20;

export class ListTags {
  readonly #open: List[] = [];

  /** The item `words`, and before it what ends and begins there. An item is at most one level below the one above it. */
  item(item: Item, words: string): string {
    const depth = Math.min(item.depth, this.#open.length + 1, DEEPEST);
    const out: string[] = [];
    while (this.#open.length > depth) out.push(this.#endList());
    const list = this.#open.at(-1);
    if (list !== undefined && this.#open.length === depth) {
      if (continues(list, item)) out.push('</li>');
      else out.push(this.#endList());
    }
    if (this.#open.length < depth) out.push(this.#begin(item));
    const now = this.#open.at(-1);
    if (now !== undefined && item.ordinal !== undefined) now.next = item.ordinal + 1;
    return [...out, '<li>', words].join('');
  }

  end(): string {
    const out: string[] = [];
    while (this.#open.length > 0) out.push(this.#endList());
    return out.join('');
  }

  #begin({ ordinal }: Item): string {
    this.#open.push({ tag: ordinal === undefined ? 'ul' : 'ol', next: ordinal ?? 0 });
    if (ordinal === undefined) return '<ul>';
    return ordinal === 1 ? '<ol>' : `<ol start="${ordinal}">`;
  }

  #endList(): string {
    const list = this.#open.pop();
    return list === undefined ? '' : `</li></${list.tag}>`;
  }
}

function continues(list: List, { ordinal }: Item): boolean {
  return ordinal === undefined ? list.tag === 'ul' : list.tag === 'ol' && list.next === ordinal;
}
