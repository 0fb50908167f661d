import { describe, expect, test } from '@jest/globals';
import { must, parseAddress, parseMillis } from '../../../../src/core/ids.ts';
import { heardFrom, listedEvent, listedSmsId, mmsId, updateFrom } from '../../../../src/networks/android/events.ts';
import { LineFinder } from '../../../../src/networks/android/lines.ts';
import { judgeSignature, signatureOf } from '../../../../src/networks/android/signature.ts';

const line = must(parseAddress('+12025550100'));
const other = must(parseAddress('+12025550101'));
const came = { at: must(parseMillis(1_700_000_000_000)), raw: Buffer.from('{}') };
const lines = new LineFinder([line], { sims: {} });
const given = { came, lines };
const text = {
  ...{ messageId: 'D4C3B2A1', message: 'Hello', sender: '+12025550199', recipient: line, simNumber: 1 },
  receivedAt: '2024-06-22T15:46:11.000+07:00',
};
const at = must(parseMillis(Date.parse('2024-06-22T08:46:11Z')));

function messageIn(kind: string, payload: unknown, finder = lines) {
  const event = heardFrom(kind, payload, { came, lines: finder })?.event;
  return event?.kind === 'message' ? event.message : undefined;
}

/** capcom6/android-sms-gateway, issue 401: version 1.68.0 told no sender of pictures. */
test.each(['unknown', 'insert-address-token'])(
  'a picture of %s stands in no chat, and comes from the list as the same one',
  (sender) => {
    const payload = { messageId: '23615', sender, phoneNumber: sender, recipient: line, receivedAt: text.receivedAt };
    const event = heardFrom('mms:downloaded', { ...payload, subject: 'x', attachments: [] }, given)?.event;
    expect(event).toMatchObject({
      kind: 'unsupported',
      to: line,
      what: 'a message whose sender the phone does not know',
    });
    expect(event).not.toHaveProperty('from');
    const from = must(parseAddress(sender));
    const listed = listedEvent({ id: mmsId(sender, at), from, to: line, at, text: 'x' }, {}, Buffer.from('{}'));
    expect(listed).toMatchObject({ kind: 'unsupported', id: event?.id });
    const notice = heardFrom('mms:received', { ...payload, transactionId: 'T1' }, given)?.event;
    expect(notice).not.toHaveProperty('from');
  },
);

describe('the signature of the app', () => {
  const headers = (seconds: number, body = '{}') => ({
    'x-signature': signatureOf('key', Buffer.from(body), String(seconds)),
    'x-timestamp': String(seconds),
  });

  test('the known one is right', () => {
    expect(signatureOf('key', Buffer.from('{}'), '1700000000')).toBe(
      '93800482ca289ca2ab5ad69bbb6a631e6a997ad0fb659f5edfb80f566fc07457',
    );
  });

  test.each([
    ['now', 0, 'genuine'],
    ['five minutes ago', -300, 'genuine'],
    ['in five minutes', 300, 'genuine'],
    ['a second longer ago', -301, 'replay'],
    ['a second later than that', 301, 'replay'],
  ])('%s it is %s', (_when, apart, judged) => {
    const request = { headers: headers(1_700_000_000 + apart), body: Buffer.from('{}') };
    expect(judgeSignature(request, ['key'], came.at)).toBe(judged);
  });

  test.each([
    ['none', {}],
    ['no time', { 'x-signature': headers(1_700_000_000)['x-signature'] }],
    [
      'another key',
      { ...headers(1_700_000_000), 'x-signature': signatureOf('other', Buffer.from('{}'), '1700000000') },
    ],
    ['another body', headers(1_700_000_000, '{"a":1}')],
    ['another time', { ...headers(1_700_000_000), 'x-timestamp': '1700000001' }],
    ['cut', { ...headers(1_700_000_000), 'x-signature': 'ab' }],
  ])('%s: refused', (_what, wrong) => {
    expect(judgeSignature({ headers: wrong, body: Buffer.from('{}') }, ['key'], came.at)).toBe('bad-signature');
  });

  test('a time that is none is refused though it is signed', () => {
    const signed = { 'x-signature': signatureOf('key', Buffer.from('{}'), 'soon'), 'x-timestamp': 'soon' };
    expect(judgeSignature({ headers: signed, body: Buffer.from('{}') }, ['key'], came.at)).toBe('replay');
  });
});

describe('what a phone brings', () => {
  test('a text has its ends, its time and an id that the list knows too', () => {
    const id = `sms/${String(at)}/d4c3b2a1`;
    expect(heardFrom('sms:received', text, given)).toEqual({
      event: {
        ...{ kind: 'message', id, sure: true, at, raw: came.raw },
        message: { from: '+12025550199', to: line, text: 'Hello', remoteId: id },
      },
      inline: [],
    });
    expect(listedSmsId(`text:${String(0xd4c3b2a1 | 0)}`, at)).toBe(id);
  });

  test('older versions of the app call the sender phoneNumber', () => {
    const { sender, message, messageId, receivedAt } = text;
    const older = { message, messageId, receivedAt };
    expect(messageIn('sms:received', { ...older, phoneNumber: sender })).toMatchObject({ from: sender, to: line });
  });

  test('the line is that of the number, of the SIM, or the only one', () => {
    const two = new LineFinder([line, other], { sims: { [line]: 1, [other]: 2 } });
    expect(messageIn('sms:received', { ...text, recipient: other, simNumber: 1 }, two)?.to).toBe(other);
    expect(messageIn('sms:received', { ...text, recipient: null, simNumber: 2 }, two)?.to).toBe(other);
    expect(messageIn('sms:received', { ...text, recipient: null, simNumber: null }, two)?.to).toBe('unknown');
    expect(messageIn('sms:received', { ...text, recipient: null, simNumber: null })?.to).toBe(line);
    expect(messageIn('sms:received', { ...text, recipient: '+4930123456', simNumber: 3 }, two)?.to).toBe('+4930123456');
  });

  test('a picture message has its files, with the bytes where they came along', () => {
    const attachments = [
      { partId: 7, contentType: 'image/jpeg', name: 'a.jpg', size: 3, data: 'AQID' },
      { partId: 8, contentType: 'text/x-vcard', name: null, size: null, data: null },
    ];
    const heard = heardFrom('mms:downloaded', { ...text, subject: 'Holiday', body: 'Look', attachments }, given);
    const id = mmsId('+12025550199', at);
    expect(heard?.event).toMatchObject({
      id,
      message: {
        text: 'Holiday\nLook',
        attachments: [
          { kind: 'image', ref: `7@${id}`, name: 'a.jpg', size: 3, type: 'image/jpeg' },
          { kind: 'file', ref: `8@${id}`, type: 'text/x-vcard' },
        ],
      },
    });
    expect(heard?.inline).toEqual([{ ref: `7@${id}`, base64: 'AQID' }]);
  });

  test('the notice of one is on record, and no message yet', () => {
    const notice = { ...text, transactionId: 'T1', subject: null, size: 1, contentClass: 'IMAGE_BASIC' };
    expect(heardFrom('mms:received', notice, given)?.event).toMatchObject({ kind: 'unsupported', from: text.sender });
  });

  test('a data message is shown as what it is', () => {
    expect(messageIn('sms:data-received', { ...text, data: 'AAEC' })).toMatchObject({
      ...{ text: '', unsupported: 'a data message of 3 bytes' },
    });
  });

  test.each([
    ['no payload', 'sms:received', undefined],
    ['no sender', 'sms:received', { ...text, sender: null }],
    ['an empty sender', 'sms:received', { ...text, sender: '' }],
    ['no id', 'sms:received', { ...text, messageId: '' }],
    ['an id of 300 characters', 'sms:received', { ...text, messageId: 'x'.repeat(300) }],
    ['words that are no text', 'sms:received', { ...text, message: 7 }],
    ['an event of tomorrow', 'rcs:received', text],
    ['the name of something inherited', 'toString', text],
  ])('%s: no message', (_what, kind, payload) => {
    expect(heardFrom(kind, payload, given)).toBeUndefined();
    expect(updateFrom(kind, payload, came)).toBeUndefined();
  });

  test('a time that cannot be read is ours', () => {
    const event = heardFrom('sms:received', { ...text, receivedAt: 'yesterday' }, given)?.event;
    expect(event?.at).toBe(came.at);
  });

  test('half a character is not recorded as one', () => {
    expect(messageIn('sms:received', { ...text, message: 'a\ud83d' })?.text).toBe('a\ufffd');
  });

  test.each([
    ['sms:sent', 'accepted'],
    ['sms:delivered', 'delivered'],
    ['sms:failed', 'failed'],
    ['sms:cancelled', 'failed'],
  ])('%s is %s', (kind, state) => {
    const told = { messageId: 'gh7.1-abc', phoneNumber: '+12025550199', reason: 'RESULT_ERROR_NO_SERVICE' };
    expect(updateFrom(kind, told, came)).toMatchObject({
      ...{ id: `status/gh7.1-abc/${kind}`, remoteId: 'gh7.1-abc', matches: ['gh7.1-abc'], state },
      ...(state === 'failed' ? { detail: 'RESULT_ERROR_NO_SERVICE' } : {}),
    });
  });
});
