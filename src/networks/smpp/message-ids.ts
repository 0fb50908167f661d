/**
 * Finds the message that a receipt speaks of, among those outstanding: carriers write one id in hexadecimal in the
 * answer and in decimal in the receipt, pad it with zeros, or change its case. Two candidates are none.
 */

/** `hex`: answers give hexadecimal and receipts decimal; `dec`: the reverse; `auto`: either; `raw`: never converted. */
export type IdForm = 'raw' | 'hex' | 'dec' | 'auto';

type Spelling = 'raw' | 'fold' | 'strip' | 'hex' | 'dec';

export class OutstandingIds<T> {
  readonly #bySpelling = new Map<string, Set<string>>();
  readonly #values = new Map<string, T>();
  readonly #form: IdForm;

  constructor(form: IdForm) {
    this.#form = form;
  }

  get size(): number {
    return this.#values.size;
  }

  add(id: string, value: T): void {
    this.#values.set(id, value);
    for (const key of spellings(id)) {
      const ids = this.#bySpelling.get(key) ?? new Set<string>();
      this.#bySpelling.set(key, ids.add(id));
    }
  }

  delete(id: string): void {
    this.#values.delete(id);
    for (const key of spellings(id)) {
      const ids = this.#bySpelling.get(key);
      ids?.delete(id);
      if (ids?.size === 0) this.#bySpelling.delete(key);
    }
  }

  /** In the order raw, case folded, without leading zeros, in the other radix; the first that finds one decides. */
  find(receiptId: string, form = this.#form): { readonly id: string; readonly value: T } | undefined {
    for (const keys of this.#lookups(receiptId, form)) {
      const ids = new Set(keys.flatMap((key) => Array.from(this.#bySpelling.get(key) ?? [])));
      if (ids.size > 1) return undefined;
      const [id] = ids;
      const value = id === undefined ? undefined : this.#values.get(id);
      if (id !== undefined && value !== undefined) return { id, value };
    }
    return undefined;
  }

  #lookups(id: string, form: IdForm): string[][] {
    const radix: string[] = [];
    const asDecimal = decimal(id);
    const asHex = hexadecimal(id);
    if ((form === 'auto' || form === 'hex') && asDecimal !== undefined) radix.push(keyOf('hex', asDecimal));
    if ((form === 'auto' || form === 'dec') && asHex !== undefined) radix.push(keyOf('dec', asHex));
    return [[keyOf('raw', id)], [keyOf('fold', fold(id))], [keyOf('strip', strip(id))], radix];
  }
}

function spellings(id: string): string[] {
  const asDecimal = decimal(id);
  const asHex = hexadecimal(id);
  return [
    keyOf('raw', id),
    keyOf('fold', fold(id)),
    keyOf('strip', strip(id)),
    ...(asDecimal === undefined ? [] : [keyOf('dec', asDecimal)]),
    ...(asHex === undefined ? [] : [keyOf('hex', asHex)]),
  ];
}

function keyOf(spelling: Spelling, value: string): string {
  return `${spelling}:${value}`;
}

function fold(id: string): string {
  return id.trim().toLowerCase();
}

function strip(id: string): string {
  return fold(id).replace(/^0+(?=.)/u, '');
}

/** Ids exceed 2^53. */
function decimal(id: string): string | undefined {
  return /^\d{1,64}$/u.test(id.trim()) ? String(BigInt(id.trim())) : undefined;
}

function hexadecimal(id: string): string | undefined {
  return /^[0-9a-f]{1,64}$/iu.test(id.trim()) ? String(BigInt(`0x${id.trim()}`)) : undefined;
}
