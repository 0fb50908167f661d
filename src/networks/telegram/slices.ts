/**
 * Cuts an answer of `getUpdates` into its updates, byte for byte as they came: each is recorded with its own bytes, and
 * one that can't be read takes no other with it.
 */
const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const opening: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const closing: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/**
 * The items of the array `result` of a JSON object that has been parsed already; in the order in which they stand.
 * Undefined where there is no such array.
 */
export function updateSlices(bytes: Uint8Array): readonly Uint8Array[] | undefined {
  const begin = resultBegin(bytes);
  return begin === undefined ? undefined : itemsFrom(bytes, begin);
}

/** The first byte after the `[` of the outermost object's member `result`. */
function resultBegin(bytes: Uint8Array): number | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let depth = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (opening.has(byte)) depth += 1;
    else if (closing.has(byte)) depth -= 1;
    else if (byte === quote) {
      const end = endOfString(bytes, at);
      const name = depth === 1 ? /^"result"\s*:\s*\[/u.exec(text.toString('latin1', at, end + 64)) : null;
      if (name !== null) return at + name[0].length;
      at = end;
    }
  }
  return undefined;
}

function itemsFrom(bytes: Uint8Array, begin: number): readonly Uint8Array[] {
  const items: Uint8Array[] = [];
  let depth = 0;
  let from = begin;
  const cut = (to: number): void => {
    const item = trimmed(bytes.subarray(from, to));
    if (item.length > 0) items.push(item);
    from = to + 1;
  };
  for (let at = begin; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === quote) at = endOfString(bytes, at);
    else if (opening.has(byte)) depth += 1;
    else if (closing.has(byte)) {
      if (depth === 0) {
        cut(at);
        return items;
      }
      depth -= 1;
    } else if (byte === comma && depth === 0) cut(at);
  }
  return items;
}

/** Where the string ends that begins at `at`: its closing quote. */
function endOfString(bytes: Uint8Array, at: number): number {
  let end = at + 1;
  while (end < bytes.length && bytes[end] !== quote) end += bytes[end] === backslash ? 2 : 1;
  return end;
}

function trimmed(bytes: Uint8Array): Uint8Array {
  let [from, to] = [0, bytes.length];
  while (from < to && (bytes[from] ?? 0) <= 0x20) from += 1;
  while (to > from && (bytes[to - 1] ?? 0) <= 0x20) to -= 1;
  return bytes.slice(from, to);
}
