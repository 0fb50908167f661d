/** ISO/IEC 7812-1, annex B: the check digit of cards, of the NPI and of many national ids. Digits only. */
export function luhnHolds(digits: string): boolean {
  return luhnHoldsIn(digits, 0, digits.length - 1);
}

/** Of the digits from `first` to `last`, both counted. */
export function luhnHoldsIn(digits: string, first: number, last: number): boolean {
  let sum = 0;
  for (let i = last, twice = false; i >= first; i -= 1, twice = !twice) {
    const digit = digits.charCodeAt(i) - 48;
    const doubled = digit * 2;
    sum += twice ? doubled - (doubled > 9 ? 9 : 0) : digit;
  }
  return last > first && sum % 10 === 0;
}
