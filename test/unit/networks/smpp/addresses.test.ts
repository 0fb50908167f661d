import { describe, expect, test } from '@jest/globals';
import { must, parseAddress } from '../../../../src/core/ids.ts';
import { fromWire, toWire } from '../../../../src/networks/smpp/addresses.ts';

describe('who writes, as the carrier says it', () => {
  test.each([
    ['an international number', { ton: 1, npi: 1, value: '12025550199' }, '+12025550199'],
    ['with a +', { ton: 1, npi: 1, value: '+12025550199' }, '+12025550199'],
    ['with a + and of unknown type', { ton: 0, npi: 0, value: '+12025550199' }, '+12025550199'],
    ['with 00', { ton: 0, npi: 1, value: '0012025550199' }, '+12025550199'],
    ['of unknown type, long enough', { ton: 0, npi: 1, value: '12025550199' }, '+12025550199'],
    ['with spaces around', { ton: 1, npi: 1, value: ' 12025550199 ' }, '+12025550199'],
    ['a national number', { ton: 2, npi: 1, value: '02025550199' }, '02025550199'],
    ['a short code', { ton: 3, npi: 0, value: '40404' }, '40404'],
    ['a name', { ton: 5, npi: 0, value: 'ACME Bank' }, 'ACME Bank'],
    ['digits that are a name', { ton: 5, npi: 0, value: '12025550199' }, '12025550199'],
    ['20 digits', { ton: 1, npi: 1, value: '12345678901234567890' }, '12345678901234567890'],
    ['nothing', { ton: 0, npi: 0, value: '' }, 'unknown'],
    ['nothing but spaces', { ton: 1, npi: 1, value: '   ' }, 'unknown'],
    ['control characters', { ton: 5, npi: 0, value: '\u0007\u001b' }, 'unknown'],
    ['types that do not exist', { ton: 255, npi: 255, value: 'x' }, 'x'],
  ])('%s', (_what, wire, address) => {
    expect(fromWire(wire)).toBe(address);
  });
});

describe('whom we write to, as the carrier wants it', () => {
  const plan = {
    international: { ton: 1, npi: 1 },
    shortCode: { ton: 3, npi: 0 },
    alphanumeric: { ton: 5, npi: 0 },
  };

  test.each([
    ['+12025550199', { ton: 1, npi: 1, value: '12025550199' }],
    ['40404', { ton: 3, npi: 0, value: '40404' }],
    ['ACME', { ton: 5, npi: 0, value: 'ACME' }],
  ])('%s', (address, wire) => {
    expect(toWire(must(parseAddress(address)), plan)).toEqual(wire);
  });
});
