/**
 * The GSM 7-bit default alphabet with its extension table (3GPP TS 23.038, 6.2.1), one septet per octet, as SMPP
 * carries it. Decoding never fails: what isn't in the tables is shown as the standard says.
 */

const basic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const escape = 0x1b;
const extension: ReadonlyMap<number, string> = new Map([
  [0x0a, '\f'],
  [0x14, '^'],
  [0x28, '{'],
  [0x29, '}'],
  [0x2f, '\\'],
  [0x3c, '['],
  [0x3d, '~'],
  [0x3e, ']'],
  [0x40, '|'],
  [0x65, '€'],
]);

const septetsOf: ReadonlyMap<string, readonly number[]> = new Map([
  ...Array.from(basic, (char, septet): [string, readonly number[]] => [char, [septet]]).filter(
    ([, [septet]]) => septet !== escape,
  ),
  ...Array.from(extension, ([septet, char]): [string, readonly number[]] => [char, [escape, septet]]),
]);

/** The tables that a message's header chooses; without them the default ones. */
export interface ShiftTables {
  /** 128 characters in place of the basic table. */
  readonly locking?: string;
  readonly single?: ReadonlyMap<number, string>;
}

/** One octet per septet; undefined when a character isn't in the tables. */
export function encodeGsm7(text: string): Buffer | undefined {
  const out: number[] = [];
  for (const char of text) {
    const codes = septetsOf.get(char);
    if (codes === undefined) return undefined;
    out.push(...codes);
  }
  return Buffer.from(out);
}

/**
 * An escape before a septet that the extension table lacks shows the basic table's character; two escapes and an
 * escape at the end show a space (TS 23.038, 6.2.1.1). The eighth bit, which should be 0, is ignored.
 */
export function decodeGsm7(octets: Uint8Array, tables: ShiftTables = {}): string {
  const base = tables.locking ?? basic;
  const shifted = tables.single ?? extension;
  let text = '';
  let escaped = false;
  for (const octet of octets) {
    const septet = octet & 0x7f;
    if (escaped) {
      text += septet === escape ? ' ' : (shifted.get(septet) ?? base.charAt(septet));
      escaped = false;
    } else if (septet === escape) {
      escaped = true;
    } else {
      text += base.charAt(septet);
    }
  }
  return escaped ? `${text} ` : text;
}

/** Eight septets in seven octets (TS 23.038, 6.1.2.1), as a few carriers send them, to one septet per octet. */
export function unpackSeptets(packed: Uint8Array): Buffer {
  const out: number[] = [];
  let bits = 0;
  let held = 0;
  for (const octet of packed) {
    held |= octet << bits;
    bits += 8;
    while (bits >= 7) {
      out.push(held & 0x7f);
      held >>= 7;
      bits -= 7;
    }
  }
  // Seven spare bits at the end of a full octet read as one more `@`: padding, not text.
  if (packed.length > 0 && packed.length % 7 === 0 && out.at(-1) === 0) out.pop();
  return Buffer.from(out);
}

/** The reverse of `unpackSeptets`. */
export function packSeptets(septetOctets: Uint8Array): Buffer {
  const out: number[] = [];
  let bits = 0;
  let held = 0;
  for (const octet of septetOctets) {
    held |= (octet & 0x7f) << bits;
    bits += 7;
    if (bits >= 8) {
      out.push(held & 0xff);
      held >>= 8;
      bits -= 8;
    }
  }
  if (bits > 0) out.push(held & 0xff);
  return Buffer.from(out);
}
