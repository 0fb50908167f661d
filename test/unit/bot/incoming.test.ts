import { describe, expect, test } from '@jest/globals';
import { incoming, typedText } from '../../../src/bot/incoming.ts';
import { withoutQuote } from '../../../src/core/command-text.ts';
import { matrixEntry, text } from './samples.ts';

describe('what counts as said to a bot', () => {
  test('a text does, with what it replies to', () => {
    const content = { ...text('!retry'), 'm.relates_to': { 'm.in_reply_to': { event_id: '$m' } } };
    expect(typedText(content)).toEqual({ text: '!retry', plain: true, replyTo: '$m' });
  });

  test('a reply’s quoted part does not, the words below it do', () => {
    const body = '> <@olivia:acme.example> !c search x\n> more\n\n!retry';
    const content = { ...text(body), 'm.relates_to': { 'm.in_reply_to': { event_id: '$m' } } };
    expect(typedText(content)?.text).toBe('!retry');
  });

  test('a quotation without a reply is the sender’s own text', () => {
    expect(typedText(text('> <@a:b> !c help\n\nhm'))?.text).toBe('> <@a:b> !c help\n\nhm');
  });

  test('a picture’s caption is no plain text', () => {
    expect(typedText({ msgtype: 'm.image', body: '!help' })).toEqual({ text: '!help', plain: false });
  });

  test.each([
    [
      'an edit',
      {
        ...text('* !c help'),
        'm.new_content': text('!c help'),
        'm.relates_to': { rel_type: 'm.replace', event_id: '$m' },
      },
    ],
    ['a notice', { msgtype: 'm.notice', body: '!c help' }],
    ['a body that is no text', { msgtype: 'm.text', body: 7 }],
    ['a redacted message', {}],
  ])('%s does not', (_, content) => {
    expect(typedText(content)).toBeUndefined();
  });

  test('relations of the wrong shape are read as none', () => {
    expect(typedText({ ...text('hi'), 'm.relates_to': 'x' })).toEqual({ text: 'hi', plain: true });
    expect(typedText({ ...text('hi'), 'm.relates_to': { 'm.in_reply_to': { event_id: 7 } } })).toEqual({
      text: 'hi',
      plain: true,
    });
  });

  test('state events and other events do not', () => {
    expect(incoming(matrixEntry(text('!help'), { type: 'm.reaction' }))).toBeUndefined();
    expect(incoming(matrixEntry(text('!help'), { stateKey: '' }))).toBeUndefined();
  });

  test('a quotation that never ends leaves the text as it is', () => {
    expect(withoutQuote('> <@a:b> x\n> y')).toBe('> <@a:b> x\n> y');
    expect(withoutQuote('> <@a:b> x\ntwo')).toBe('two');
  });
});
