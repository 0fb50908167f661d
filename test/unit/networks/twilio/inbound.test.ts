import { describe, expect, test } from '@jest/globals';
import { must, parseMillis } from '../../../../src/core/ids.ts';
import { heardFrom, unsupportedOf } from '../../../../src/networks/twilio/inbound.ts';
import { statusFrom } from '../../../../src/networks/twilio/statuses.ts';
import { meaningOf } from '../../../../src/networks/twilio/error-codes.ts';

const came = { at: must(parseMillis(1_700_000_000_000)), raw: Buffer.from('From=...') };
const sid = `SM${'0'.repeat(32)}`;
const account = `AC${'1'.repeat(32)}`;
const text = { MessageSid: sid, From: '+12025550199', To: '+12025550100', Body: 'Hello', NumMedia: '0' };

function media(letter: string): string {
  return `https://api.twilio.com/2010-04-01/Accounts/${account}/Messages/${sid}/Media/ME${letter.repeat(32)}`;
}

function message(fields: Record<string, string>) {
  const [event] = heardFrom({ ...text, ...fields }, came)?.events ?? [];
  return event?.kind === 'message' ? event.message : undefined;
}

describe('a message that Twilio brings', () => {
  test('is known by its sid, with both ends and its words', () => {
    expect(heardFrom(text, came)?.events).toEqual([
      {
        ...{ kind: 'message', id: sid, sure: true, ...came },
        message: { from: '+12025550199', to: '+12025550100', text: 'Hello', remoteId: sid },
      },
    ]);
  });

  test('parameters of tomorrow change nothing', () => {
    expect(message({ AddedTomorrow: 'yes', NumSegments: '1', ToCity: '' })).toEqual(message({}));
  });

  test('pictures and files come with what they are fetched by, and never the host', () => {
    const files = { NumMedia: '2', MediaUrl0: media('a'), MediaContentType0: 'image/jpeg', MediaUrl1: media('b') };
    const { pathname } = new URL(media('a'));
    expect(message({ ...files, MediaContentType1: 'text/vcard', Body: '' })).toMatchObject({
      text: '',
      attachments: [
        { kind: 'image', type: 'image/jpeg', ref: pathname },
        { kind: 'file', type: 'text/vcard' },
      ],
    });
  });

  test('a file without a usable address is said to be missing', () => {
    const given = {
      NumMedia: '2',
      MediaUrl0: media('a'),
      MediaContentType0: 'image/png',
      MediaUrl1: 'file:///etc/passwd',
    };
    expect(message(given)).toMatchObject({ missing: '1 of 2 files', attachments: [{ kind: 'image' }] });
  });

  test('files elsewhere than at the API are fetched as links', () => {
    const url = 'https://media.example/x.png';
    expect(message({ NumMedia: '1', MediaUrl0: url })?.attachments).toEqual([{ kind: 'file', ref: url }]);
  });

  test.each([
    ['a name', { ProfileName: 'Ada' }, { fromName: 'Ada' }],
    [
      'what it answers',
      { OriginalRepliedMessageSid: `SM${'2'.repeat(32)}` },
      { replyTo: { id: `SM${'2'.repeat(32)}` } },
    ],
    [
      'a place',
      { Latitude: '52.5', Longitude: '13.4', Label: 'Office', Body: '' },
      { location: { latitude: 52.5, longitude: 13.4, name: 'Office' } },
    ],
    [
      'the order of files',
      { NumMedia: '2', MediaUrl0: media('b'), MediaUrl1: media('a') },
      { attachments: [{ ref: new URL(media('b')).pathname }, { ref: new URL(media('a')).pathname }] },
    ],
  ])('%s is more than the list would tell', (_what, fields: Record<string, string>, told) => {
    const heard = heardFrom({ ...text, ...fields }, came);
    expect(message(fields)).toMatchObject(told);
    expect(heard?.richer).toBe(sid);
  });

  test('nonsense in the fields of other channels is left out', () => {
    expect(message({ Latitude: 'north', Longitude: '200', OriginalRepliedMessageSid: '' })).toEqual(message({}));
    expect(heardFrom(text, came)?.richer).toBeUndefined();
  });

  test.each([
    ['STOP', 'stop'],
    ['START', 'start'],
    ['HELP', 'help'],
  ])('OptOutType %s is on record as consent beside the message', (OptOutType, action) => {
    expect(heardFrom({ ...text, OptOutType }, came)?.events).toMatchObject([
      { kind: 'message', id: sid },
      { kind: 'consent', id: `consent/${sid}`, consent: { from: '+12025550199', to: '+12025550100', action } },
    ]);
  });

  test.each([
    ['no id', { MessageSid: '' }],
    ['no sender', { From: '' }],
    ['a line break in an end', { To: '+1\n2' }],
    ['an id without end', { MessageSid: 'S'.repeat(256) }],
  ])('%s: it is no message, and on record as what it is', (_what, fields) => {
    expect(heardFrom({ ...text, ...fields }, came)).toBeUndefined();
    const event = unsupportedOf({ ...text, ...fields }, came);
    expect(event).toMatchObject({ kind: 'unsupported', sure: true });
    expect(unsupportedOf({ ...text, ...fields }, came).id).toBe(event.id);
  });
});

describe('a status callback', () => {
  const status = { MessageSid: sid, MessageStatus: 'delivered', From: '+12025550100', To: '+12025550199' };

  test.each([
    ['queued', 'accepted'],
    ['sending', 'accepted'],
    ['sent', 'accepted'],
    ['delivered', 'delivered'],
    ['read', 'read'],
    ['undelivered', 'failed'],
    ['failed', 'failed'],
    ['canceled', 'failed'],
  ])('%s is %s, with an id of its own', (MessageStatus, state) => {
    expect(statusFrom({ ...status, MessageStatus }, came)?.update).toMatchObject({
      ...{ id: `status/${sid}/${MessageStatus}`, sure: true, remoteId: sid, matches: [sid], state },
    });
  });

  test('says why it failed, in words', () => {
    const failed = { ...status, MessageStatus: 'undelivered', ErrorCode: '30007' };
    expect(statusFrom(failed, came)?.update).toMatchObject({
      ...{ state: 'failed', code: '30007', detail: 'the carrier filtered it as unwanted' },
    });
  });

  test('refused because of a STOP, it tells of the STOP', () => {
    const failed = { ...status, MessageStatus: 'failed', ErrorCode: '21610' };
    expect(statusFrom(failed, came)?.consent).toMatchObject({
      ...{
        kind: 'consent',
        id: `consent/${sid}`,
        consent: { from: '+12025550199', to: '+12025550100', action: 'stop' },
      },
    });
  });

  test.each(['toString', '', 'vanished'])('"%s" is no status that is known', (MessageStatus) => {
    expect(statusFrom({ ...status, MessageStatus }, came)).toBeUndefined();
  });
});

describe('error codes', () => {
  test.each([
    [21610, 'opted-out'],
    [21211, 'bad-address'],
    [21614, 'bad-address'],
    [30003, 'bad-address'],
    [30005, 'bad-address'],
    [30006, 'bad-address'],
    [30007, 'provider-refused'],
    [30008, 'provider-refused'],
    [30034, 'sender-not-registered'],
    [20429, 'rate-limited'],
    [20003, 'bad-credentials'],
    [21617, 'too-long'],
    [99999, 'provider-refused'],
  ])('%i means %s', (code, reason) => {
    expect(meaningOf(code)).toMatchObject({ reason });
    expect(meaningOf(code).detail).not.toBe('');
  });

  test('a new one is told by its number', () => {
    expect(meaningOf(99999).detail).toContain('99999');
    expect(meaningOf(undefined).detail).toBe('Twilio refused it');
  });
});
