/** ISO/IEC 7812-1, annex B: the check digit of cards, of the NPI and of many national ids. Digits only. */
export function luhnHolds(digits: string): boolean {
  let sum = 0;
  for (let i = digits.length - 1, twice = false; i >= 0; i -= 1, twice = !twice) {
    const digit = digits.charCodeAt(i) - 48;
    const doubled = digit * 2;
    sum += twice ? doubled - (doubled > 9 ? 9 : 0) : digit;
  }
  return digits.length > 1 && sum % 10 === 0;
}
