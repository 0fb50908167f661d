import { describe, expect, test } from '@jest/globals';
import { recordText } from '../../../src/cli/record-text.ts';

const record = {
  position: 42,
  kind: 'network.message',
  at: '2026-03-09T10:02:11.000Z',
  from: 'Ann Lee',
  to: 'Sales',
  line: 'sales',
  room: null,
  text: 'Hi, is the blue one still available?',
  erased: false,
};

describe('a record on a terminal', () => {
  test('is one line', () => {
    expect(recordText(record)).toBe(
      '42  2026-03-09 10:02  network.message  Ann Lee → Sales  “Hi, is the blue one still available?”',
    );
  });

  test('says that it was erased', () => {
    expect(recordText({ ...record, from: null, to: null, text: null, erased: true })).toBe(
      '42  2026-03-09 10:02  network.message  (erased)',
    );
  });

  test('lets nothing from outside steer the terminal', () => {
    const text = recordText({ ...record, from: 'Ann\u202e', text: 'a\u001b[2Jb\r\nc\u0007' });
    expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(text).toContain('a [2Jb c');
  });

  test('cuts what is very long', () => {
    expect(recordText({ ...record, text: 'x'.repeat(10_000) })?.length).toBeLessThan(700);
  });

  test('is nothing for what is no record', () => {
    expect(recordText({ total: 3 })).toBeUndefined();
  });
});
