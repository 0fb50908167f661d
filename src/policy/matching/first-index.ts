/** The lowest index below `length` that is `far` enough, in something sorted; `length` when none is. Each later one is too. */
export function firstIndex(length: number, far: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (far(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
