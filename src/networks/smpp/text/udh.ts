/** The user data header (3GPP TS 23.040, 9.2.3.24): a bounded list of elements before the text. */

export interface HeaderElement {
  readonly id: number;
  readonly data: Buffer;
}

export interface UserData {
  readonly elements: readonly HeaderElement[];
  readonly payload: Buffer;
  /** The header's lengths don't fit what came; the elements are those before the fault. */
  readonly malformed: boolean;
}

export interface Concat {
  readonly width: 8 | 16;
  readonly reference: number;
  readonly total: number;
  /** From 1 to `total`. */
  readonly sequence: number;
}

/** Splits octets that begin with a header. With a header longer than the octets, all of them are payload. */
export function splitUserData(octets: Buffer): UserData {
  const length = octets[0];
  if (length === undefined) return { elements: [], payload: octets, malformed: true };
  if (length + 1 > octets.length) return { elements: [], payload: octets, malformed: true };
  const header = octets.subarray(1, length + 1);
  const elements: HeaderElement[] = [];
  let at = 0;
  while (at < header.length) {
    const id = header[at];
    const size = header[at + 1];
    if (id === undefined || size === undefined || at + 2 + size > header.length) break;
    elements.push({ id, data: header.subarray(at + 2, at + 2 + size) });
    at += 2 + size;
  }
  return { elements, payload: octets.subarray(length + 1), malformed: at < header.length };
}

/** Where this part belongs; undefined for a single message, and for numbers that make no sense (they are one too). */
export function concatOf(elements: readonly HeaderElement[]): Concat | undefined {
  return soundConcat(placeOf(elements));
}

/** What the header says of it, sense or none; undefined where it says nothing. */
export function placeOf(elements: readonly HeaderElement[]): Concat | undefined {
  const told = elements.filter(({ id }) => id === 0x00 || id === 0x08);
  const found = told.findLast(({ id, data }) => data.length === (id === 0x00 ? 3 : 4));
  if (found === undefined) return told.length === 0 ? undefined : { width: 8, reference: 0, total: 0, sequence: 0 };
  const width = found.id === 0x00 ? 8 : 16;
  const numbers = found.data.subarray(width / 8);
  return {
    width,
    reference: found.data.readUIntBE(0, width / 8),
    total: numbers[0] ?? 0,
    sequence: numbers[1] ?? 0,
  };
}

/** The same, or undefined when total is below 2 or the sequence outside it. */
export function soundConcat(concat: Concat | undefined): Concat | undefined {
  if (concat === undefined) return undefined;
  return concat.total >= 2 && concat.sequence >= 1 && concat.sequence <= concat.total ? concat : undefined;
}

/** `05 00 03 RR TT SS`. */
export function concatHeader(reference: number, total: number, sequence: number): Buffer {
  return Buffer.from([0x05, 0x00, 0x03, reference & 0xff, total, sequence]);
}
