import { describe, expect, test } from '@jest/globals';
import { parseCommand, parseSubcommand, plainTyping } from '../../../src/bot/command-line.ts';
import { isForDesk } from '../../../src/bot/compliance/desk-prefix.ts';
import { positionTyped } from '../../../src/bot/compliance/position-typed.ts';

describe('a command as phones type it', () => {
  test.each([
    ['!help', 'help', ''],
    ['!Help', 'help', ''],
    ['  !HELP  ', 'help', ''],
    ['！help', 'help', ''],
    ['\u200b!help', 'help', ''],
    ['\ufeff!he\u200blp', 'help', ''],
    ['!sms +1 202 555 0199 Hi', 'sms', '+1 202 555 0199 Hi'],
    ['!sms\u00a0+12025550199\u00a0Hi', 'sms', '+12025550199\u00a0Hi'],
    ['!note is it sold?\nor not', 'note', 'is it sold?\nor not'],
    ['!note — “sold”', 'note', '— “sold”'],
    ['!help.', 'help', '.'],
    ['!ＨＥＬＰ', 'help', ''],
  ])('%j is %s', (typed, name, rest) => {
    expect(parseCommand(typed)).toEqual({ name, rest });
  });

  test.each(['hello', '! help', '!', '!!', '!1', 'a !help', '> !help', ''])('%j is none', (typed) => {
    expect(parseCommand(typed)).toBeUndefined();
  });

  test.each(['!c', '!C search x', '！c help', '\u200b!c verify', '!c\u00a0verify'])(
    '%j speaks to the desk',
    (typed) => {
      expect(isForDesk(typed)).toBe(true);
    },
  );

  test.each(['!cancel', '! c', 'c help', '!ca'])('%j does not', (typed) => {
    expect(isForDesk(typed)).toBe(false);
  });

  test('a subcommand is the first word', () => {
    expect(parseSubcommand(' Search  “a b” ')).toEqual({ name: 'search', rest: '“a b”' });
    expect(parseSubcommand('who-was-in room')).toEqual({ name: 'who-was-in', rest: 'room' });
    expect(parseSubcommand('')).toBeUndefined();
  });

  test('arguments that are no message are taken with straight quotes, plain dashes and spaces', () => {
    expect(plainTyping('“a”\u00a0— ‘b’\u200b')).toBe('"a" -- \'b\'');
  });
});

describe('a record’s number', () => {
  test.each(['47903', '47,903', '#47903', '47 903', '47\u00a0903', '47.903', "47'903"])('%j is 47903', (typed) => {
    expect(positionTyped(typed)).toEqual({ ok: true, value: 47_903 });
  });

  test.each(['', '0', '-1', '47a', 'k4f', '1e3', '99999999999999999999'])('%j is refused in words', (typed) => {
    const read = positionTyped(typed);
    expect(read.ok).toBe(false);
  });
});
