import { describe, expect, test } from '@jest/globals';
import { failures, type FailureKind } from '../../../src/core/failures.ts';
import {
  must,
  parseAddress,
  parseEventId,
  parseMillis,
  parseNetworkId,
  parseRoomId,
  parseUserId,
} from '../../../src/core/ids.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { MatrixEvent } from '../../../src/core/entry.ts';
import { failureWords } from '../../../src/bridge/outbound/failure-words.ts';
import { splitBody } from '../../../src/bridge/text/split-body.ts';
import { isLate, needsSkew } from '../../../src/bridge/outbound/lateness.ts';
import { faceOf } from '../../../src/bridge/marks/mark-face.ts';
import { outboundForm, textToSend } from '../../../src/bridge/messages/outbound-form.ts';
import { aggregate } from '../../../src/bridge/messages/provider-id-store.ts';
import { cleanName, contactTitle } from '../../../src/bridge/portals/shown-name.ts';

const sms = must(parseNetworkId('sms'));
const kinds = Object.keys(failures).filter((kind): kind is FailureKind => kind in failures);

function event(content: JsonObject, more: Partial<MatrixEvent> = {}): MatrixEvent {
  return {
    event_id: must(parseEventId('$e')),
    type: 'm.room.message',
    room_id: must(parseRoomId('!r:acme.example')),
    sender: must(parseUserId('@alice:acme.example')),
    origin_server_ts: 1,
    content,
    ...more,
  };
}
const target = '$first';
const replace = { 'm.relates_to': { rel_type: 'm.replace', event_id: target } };

describe('what a staff event in a portal asks for', () => {
  test.each<[string, MatrixEvent, object]>([
    ['text', event({ msgtype: 'm.text', body: 'hi' }), { is: 'message' }],
    ['a picture', event({ msgtype: 'm.image', body: 'a.png' }), { is: 'message' }],
    ['a sticker', event({ body: 'x' }, { type: 'm.sticker' }), { is: 'message' }],
    ['a notice', event({ msgtype: 'm.notice', body: 'hi' }), { is: 'nothing' }],
    ['a command', event({ msgtype: 'm.text', body: '!note hi' }), { is: 'nothing' }],
    ['a reaction', event({}, { type: 'm.reaction' }), { is: 'nothing' }],
    ['a redacted message', event({}), { is: 'nothing' }],
    ['a body that is no text', event({ msgtype: 7, body: {} }), { is: 'nothing' }],
    ['state', event({ msgtype: 'm.text', body: 'hi' }, { state_key: '' }), { is: 'nothing' }],
    ['an edit', event({ msgtype: 'm.text', body: '* hi', ...replace }), { is: 'edit', of: target }],
    ['an edit of nothing', event({ msgtype: 'm.text', 'm.relates_to': { rel_type: 'm.replace' } }), { is: 'nothing' }],
    ['a redaction', event({ redacts: target }, { type: 'm.room.redaction' }), { is: 'redaction', of: target }],
    ['an encrypted message', event({}, { type: 'm.room.encrypted' }), { is: 'encrypted' }],
    [
      'a command behind a quote',
      event({
        msgtype: 'm.text',
        body: '> <@a:b> x\n\n!retry',
        'm.relates_to': { 'm.in_reply_to': { event_id: target } },
      }),
      { is: 'nothing' },
    ],
  ])('%s', (_name, given, form) => {
    expect(outboundForm(given)).toEqual(form);
  });
});

describe('the text that is sent', () => {
  test.each<[string, JsonObject, object]>([
    ['is the body, exactly', { msgtype: 'm.text', body: ' a\n b ' }, { ok: true, value: ' a\n b ' }],
    [
      'is the new text of an edit',
      { msgtype: 'm.text', body: '* b', 'm.new_content': { msgtype: 'm.text', body: 'b' } },
      { ok: true, value: 'b' },
    ],
    [
      'leaves out the quoted message of a reply',
      { msgtype: 'm.text', body: '> <@a:b> x\n> y\n\nyes', 'm.relates_to': { 'm.in_reply_to': {} } },
      { ok: true, value: 'yes' },
    ],
    ['keeps a customer’s own ">"', { msgtype: 'm.text', body: '> 5 pieces' }, { ok: true, value: '> 5 pieces' }],
    ['is none for a voice message', { msgtype: 'm.audio', body: 'a.ogg' }, { ok: false, error: 'voice messages' }],
    [
      'is none for an edit into a command',
      { msgtype: 'm.text', body: '', 'm.new_content': { msgtype: 'm.text', body: '!x' } },
      { ok: false, error: 'commands' },
    ],
    ['is none without a body', { msgtype: 'm.text' }, { ok: false, error: 'a message without text' }],
    [
      'is none for a type that nobody knows',
      { msgtype: 'org.example.x', body: 'x' },
      { ok: false, error: 'this kind of message' },
    ],
  ])('%s', (_name, content, result) => {
    expect(textToSend(event(content))).toEqual(result);
  });
});

describe('the words of a failure', () => {
  test.each(kinds)('%s has every blank filled in', (reason) => {
    const words = failureWords(reason, { name: 'Ann', network: sms });
    expect(words ?? '').not.toMatch(/[{}]/u);
    expect(words === undefined).toBe(failures[reason].tell === null);
  });

  test('never fills in what a name or a provider wrote', () => {
    expect(failureWords('rejected', { name: '{detail}', network: sms, detail: '{name}' })).toContain('({name})');
  });
});

describe('a contact’s name', () => {
  test.each([
    ['Ann\u202e Lee\u200b', 'Ann Lee'],
    [' \u2066\u200d ', undefined],
    ['Bob\u0000\nSmith', 'BobSmith'],
  ])('%j is shown as %j', (given, shown) => {
    expect(cleanName(given)).toBe(shown);
  });

  test('always has its network behind it, so that nobody outside can pass for a colleague', () => {
    const address = must(parseAddress('+12025550199'));
    expect(contactTitle({ name: 'Alice (Compliance)\u202e', address, network: sms })).toBe(
      'Alice (Compliance) +1 202 555 0199 (SMS)',
    );
    expect(contactTitle({ name: '\u200b', address, network: sms })).toBe('+1 202 555 0199 (SMS)');
  });
});

describe('a long text', () => {
  test('is cut between characters, and nothing is lost', () => {
    const text = '😀\u0001é'.repeat(50);
    const pieces = splitBody(text, 60);
    expect(pieces.join('')).toBe(text);
    expect(pieces.every((piece) => piece.isWellFormed() && Buffer.byteLength(JSON.stringify(piece)) <= 62)).toBe(true);
    expect(splitBody('short', 60)).toEqual(['short']);
  });
});

describe('a staff message', () => {
  const arrived = (tookMs: number, generation = 0) => ({
    at: must(parseMillis(1_700_000_000_000)),
    recordedAt: must(parseMillis(1_700_000_000_000 + tookMs)),
    generation,
  });
  test.each([
    ['that came at once', arrived(50), true, false],
    ['that came 12 s after a later one went out', arrived(12_600), true, true],
    ['that came 12 s later with nothing behind it', arrived(12_600), false, false],
    ['that came 16 minutes later', arrived(960_000), false, true],
    ['that came late, when a person asks for it', arrived(960_000, 1), true, false],
  ])('%s', (_name, message, laterWentOut, late) => {
    expect(isLate(message, laterWentOut)).toBe(late);
  });

  const DAY = 86_400_000;
  test.each([
    ['by a clock a day ahead of the homeserver, on time', arrived(DAY + 50), DAY, false],
    ['by a clock a day ahead, 16 minutes late', arrived(DAY + 960_000), DAY, true],
    ['by a clock a day behind, on time', arrived(-DAY + 50), -DAY, false],
    ['by a clock a day behind, 16 minutes late', arrived(-DAY + 960_000), -DAY, true],
  ])('that came %s is judged by what really passed', (_name, message, skewMs, late) => {
    expect(needsSkew(message)).toBe(true);
    expect(isLate(message, false, skewMs)).toBe(late);
  });

  test('that came within seconds needs no comparison of clocks', () => {
    expect([arrived(5_000), arrived(-5_000), arrived(DAY, 1)].map(needsSkew)).toEqual([false, false, false]);
    expect([arrived(5_001), arrived(-5_001)].map(needsSkew)).toEqual([true, true]);
  });
});

describe('the mark', () => {
  test.each([
    ['waiting', undefined, '⏳'],
    ['attempting', undefined, '⏳'],
    ['pending', undefined, '⏳'],
    ['sent', undefined, '✓'],
    ['delivered', undefined, '✓✓'],
    ['read', undefined, '✓✓'],
    ['unknown', 'unknown', '⚠️'],
    ['failed', 'rejected', '⚠️'],
    ['failed', 'not-staff', '🛑'],
    ['failed', 'opted-out', '🛑'],
    ['withdrawn', 'withdrawn', undefined],
  ] as const)('of a message that is %s (%s) is %s', (state, reason, key) => {
    expect(faceOf({ state, reason })?.key).toBe(key);
  });
});

describe('a message in parts', () => {
  test.each([
    [['delivered', 'delivered'], 'delivered'],
    [['delivered', 'accepted'], 'sent'],
    [['delivered', 'failed'], 'failed'],
    [['expired', 'delivered'], 'expired'],
    [['read', 'read'], 'read'],
    [['read', 'delivered'], 'delivered'],
    [['sent', 'accepted'], 'sent'],
    [['sent', 'sent'], 'unheard'],
    [['sent', 'unknown'], 'unheard'],
    [[], 'unheard'],
  ] as const)('whose parts are %j is %s', (parts, whole) => {
    expect(aggregate(parts)).toBe(whole);
  });
});
