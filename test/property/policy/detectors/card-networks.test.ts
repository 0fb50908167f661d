/** The lengths that networks' numbers have, against the library whose tables they are read from. */
import { expect, test } from '@jest/globals';
import validator from 'card-validator';
import fc from 'fast-check';
import { isOfNetwork, lengthsOfNetworks } from '../../../../src/policy/detectors/card-networks.ts';
import { luhnHolds } from '../../../../src/policy/detectors/luhn.ts';

const { types, getTypeInfo } = validator.creditCardType;
/** The first and the last beginning of each network's numbers, and what lies beside them. */
const edges = Object.values(types)
  .flatMap((type) => getTypeInfo(type).patterns.flat())
  .flatMap((edge) => [edge - 1, edge, edge + 1].map(String));

/** 13 to 19 digits, the last of which makes the check digit right. */
const numbers = fc
  .tuple(
    fc.oneof(fc.constantFrom(...edges), fc.constant('')),
    fc.bigInt({ min: 0n, max: 10n ** 19n - 1n }).map((n) => String(n).padStart(19, '0')),
    fc.integer({ min: 13, max: 19 }),
  )
  .map(([beginning, rest, length]) => {
    const digits = `${beginning}${rest}`.slice(0, length - 1);
    return Array.from('0123456789', (check) => digits + check).find(luhnHolds) ?? '';
  });

test('a number is of a network where card-validator says that it is valid', () => {
  fc.assert(
    fc.property(numbers, fc.constantFrom('', '4', '99'), (digits, before) => {
      const { isValid } = validator.number(digits, { luhnValidateUnionPay: true });
      expect(isOfNetwork(before + digits, before.length, digits.length)).toBe(isValid);
    }),
    { numRuns: 3_000 },
  );
});

test('three digits rule out no length that one of its networks has', () => {
  fc.assert(
    fc.property(numbers, (digits) => {
      const isRuledOut = ((lengthsOfNetworks(digits, 0) >> digits.length) & 1) === 0;
      expect(isRuledOut && validator.number(digits, { luhnValidateUnionPay: true }).isValid).toBe(false);
    }),
    { numRuns: 3_000 },
  );
});

test('three digits say whether anything may follow them', () => {
  for (let n = 0; n < 1_000; n += 1) {
    const three = String(n).padStart(3, '0');
    expect(lengthsOfNetworks(three, 0) !== 0).toBe(validator.number(three).isPotentiallyValid);
  }
});
