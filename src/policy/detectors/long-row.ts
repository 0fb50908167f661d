/** Whether `length` units of a kind stand in a row: only every `length`th is looked at, and its neighbours where it is one. */
export function hasLongRow(text: string, length: number, belongs: (unit: number) => boolean): boolean {
  for (let at = length - 1; at < text.length; at += length) {
    let start = at;
    let end = at;
    while (start >= 0 && at - start < length && belongs(text.charCodeAt(start))) start -= 1;
    while (end < text.length && end - at < length && belongs(text.charCodeAt(end))) end += 1;
    if (end - start > length) return true;
  }
  return false;
}

/** A letter or digit of a folded text in ASCII. */
export function isWordUnit(unit: number): boolean {
  return (unit >= 0x30 && unit <= 0x39) || (unit >= 0x61 && unit <= 0x7a);
}
