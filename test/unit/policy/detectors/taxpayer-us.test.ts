import { describe, expect, test } from '@jest/globals';
import { told } from './found-by.ts';

describe('a US social security number', () => {
  test.each([
    ['my ssn is 078-05-1120', '078051120@0.5'],
    ['078 05 1120', '078051120@0.5'],
    ['078.05.1120', '078051120@0.5'],
    ['536-90-4399, 34 years', '536904399@0.5'],
    ['ssn 536904399', '536904399@0.05'],
    ['(536-90-4399)', '536904399@0.5'],
    ['ssn:536-90-4399', '536904399@0.5'],
    ['5 3 6 9 0 4 3 9 9', '536904399@0.3'],
    ['five three six nine zero four three nine nine', '536904399@0.3'],
    ['536-90-4399 and 219-09-9999', '536904399@0.5 219099999@0.5'],
    ['５３６-９０-４３９９', '536904399@0.5'],
  ])('is found in %j', (text, expected) => {
    expect(told('ssn-us', text)).toBe(expected);
  });

  test.each([
    ['000-12-3456', 'no area 000'],
    ['666-12-3456', 'no area 666'],
    ['900-12-3456', 'no area 9xx'],
    ['536-00-4399', 'no group 00'],
    ['536-90-0000', 'no serial 0000'],
    ['111-11-1111', 'a filler'],
    ['123-45-6789', 'a filler'],
    ['536-90 4399', 'mixed separators'],
    ['536-90-43991', 'one too many'],
    ['5536-90-4399', 'one too many in front'],
    ['1-536-90-4399', 'part of something longer'],
    ['call 415-555-0132', 'a phone number'],
    ['invoice no. 536904399', 'an invoice'],
    ['a536-90-4399', 'part of a word'],
    ['2026-11-23', 'a date'],
  ])('is not %j: %s', (text) => {
    expect(told('ssn-us', text)).toBe('');
  });
});

describe('a US taxpayer number', () => {
  test.each([
    ['itin 912-70-1234', '912701234@0.5'],
    ['900 65 4321', '900654321@0.5'],
    ['999-88-7777', '999887777@0.5'],
    ['912701234', '912701234@0.05'],
    ['912-50-0000 too', '912500000@0.5'],
    ['912-94-1234', '912941234@0.5'],
    ['912-49-1234', ''],
    ['912-66-1234', ''],
    ['912-69-1234', ''],
    ['912-89-1234', ''],
    ['912-93-1234', ''],
    ['812-70-1234', ''],
    ['912-70 1234', ''],
    ['912-70-12345', ''],
    ['#912-70-1234-1', ''],
  ])('in %j is %j', (text, expected) => {
    expect(told('itin-us', text)).toBe(expected);
  });
});
