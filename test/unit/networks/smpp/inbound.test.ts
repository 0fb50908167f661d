import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Answer } from '../../../../src/networks/smpp/answer.ts';
import { encodePdu } from '../../../../src/networks/smpp/codec/encode.ts';
import type { ShortMessage } from '../../../../src/networks/smpp/codec/pdu.ts';
import { status } from '../../../../src/networks/smpp/codec/status.ts';
import { remoteId } from '../../../../src/networks/smpp/sent-messages.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { inboundProcess, minutes, part, text, type InboundRig } from '../../../support/smpp-inbound.ts';

let clock: ManualClock;
let rig: InboundRig;
let sequence: number;

/** A new process with the notes of the one before. */
function process(kv?: Map<string, Uint8Array>): Promise<InboundRig> {
  return inboundProcess(clock, kv);
}

async function deliver(pdu: ShortMessage, session = 1, answerArrives = true): Promise<Answer> {
  sequence += 1;
  const answer = await rig.inbound.receive(pdu, encodePdu({ ...pdu, status: 0, sequence }), session);
  if (answerArrives) answer.written();
  return answer;
}

function repeats(): (boolean | undefined)[] {
  return rig.core.events.map((event) => event.mayRepeat);
}

beforeEach(async () => {
  clock = new ManualClock();
  sequence = 0;
  rig = await process();
});

describe('a text that comes in', () => {
  test('is on record with its wire bytes before it is answered with 0', async () => {
    const answer = await deliver(text('Hello'));
    expect(answer.status).toBe(status.ok);
    expect(rig.core.events).toMatchObject([
      { kind: 'message', sure: false, message: { from: '+12025550199', to: '+12025550100', text: 'Hello' } },
    ]);
    expect(rig.core.events[0]?.raw.length).toBeGreaterThan(16);
  });

  test('is asked for again when the record can’t be written', async () => {
    rig.core.gate = () => Promise.reject(new Error('disk full'));
    expect((await deliver(text('Hello'))).status).toBe(status.temporaryAppError);
    expect(rig.core.kv.size).toBe(1);
  });

  test.each([
    ['a sender without a number', { source: { ton: 0, npi: 0, value: '' } }, 'unknown'],
    ['a name', { source: { ton: 5, npi: 0, value: 'Acme Bank' } }, 'Acme Bank'],
    ['a number with +', { source: { ton: 0, npi: 0, value: '+12025550199' } }, '+12025550199'],
    ['a number of unknown type', { source: { ton: 0, npi: 0, value: '12025550199' } }, '+12025550199'],
    ['20 digits', { source: { ton: 0, npi: 0, value: '12345678901234567890' } }, '12345678901234567890'],
    ['a short code', { source: { ton: 3, npi: 0, value: '40404' } }, '40404'],
    ['a national number', { source: { ton: 2, npi: 1, value: '2025550199' } }, '2025550199'],
  ])('from %s is heard', async (_what, more, from) => {
    await deliver(text('Hi', more));
    expect(rig.core.events).toMatchObject([{ kind: 'message', message: { from, text: 'Hi' } }]);
  });

  test('to a number that is not ours is on record with that number', async () => {
    await deliver(text('Hi', { destination: { ton: 1, npi: 1, value: '4915550000' } }));
    expect(rig.core.events).toMatchObject([{ message: { to: '+4915550000' } }]);
  });

  test('in message_payload is heard; with both, short_message counts', async () => {
    const tlvs = [{ tag: 0x0424, value: Buffer.from('payload') }];
    await deliver(text('', { tlvs }));
    await deliver(text('short', { tlvs }));
    expect(rig.core.texts).toEqual(['payload', 'short']);
  });

  test('that is only an @ is not empty', async () => {
    await deliver(text('\0'));
    expect(rig.core.texts).toEqual(['@']);
  });

  test('without text is a message all the same, and with binary what it is', async () => {
    await deliver(text(''));
    await deliver(text('\xff\x00', { dataCoding: 4 }));
    expect(rig.core.events).toMatchObject([
      { kind: 'message', message: { text: '' } },
      { kind: 'unsupported', what: 'a binary message of 2 octets' },
    ]);
  });

  test('that could not be decoded is on record as it came, and answered with what is wrong', async () => {
    const fault = { status: status.invalidParameterLength, sequence: 4, commandId: 5, isResponse: false };
    const answer = await rig.inbound.receiveMalformed(fault, Buffer.alloc(30));
    expect(answer.status).toBe(status.invalidParameterLength);
    expect(rig.core.events).toMatchObject([{ kind: 'unsupported', sure: false }]);
    rig.core.gate = () => Promise.reject(new Error('disk full'));
    expect((await rig.inbound.receiveMalformed(fault, Buffer.alloc(30))).status).toBe(status.temporaryAppError);
  });
});

describe('a look-alike', () => {
  test('in the same session is a second message: "ok" twice is heard twice', async () => {
    await deliver(text('ok'));
    await deliver(text('ok'));
    expect(repeats()).toEqual([false, false]);
  });

  test('after a session that lived on past the answer is a second message, also for the next process', async () => {
    await deliver(text('ok'));
    clock.advance(3 * minutes);
    await rig.background.idle();
    const notes = rig.core.kv;
    rig = await process(notes);
    await deliver(text('ok'));
    expect(repeats()).toEqual([false]);
  });

  test('after a session that ended half a minute later may be a repeat: the network took the answer, the carrier perhaps not', async () => {
    await deliver(text('ok'));
    clock.advance(30_000);
    rig.inbound.sessionEnded(1);
    await deliver(text('ok'), 2);
    expect(repeats()).toEqual([false, true]);
  });

  test('over another session that stands is no repeat: the answer to the first is on its way', async () => {
    rig.inbound.sessionBegan(1);
    rig.inbound.sessionBegan(2);
    await deliver(text('ok'), 1);
    await deliver(text('ok'), 2);
    expect(repeats()).toEqual([false, false]);
    rig.inbound.sessionEnded(1);
    await deliver(text('ok'), 2);
    expect(repeats()).toEqual([false, false, true]);
  });

  test('after a session that ended with the answer perhaps lost may be a repeat', async () => {
    await deliver(text('ok'));
    rig.inbound.sessionEnded(1);
    await deliver(text('ok'), 2);
    await deliver(text('ok'), 2);
    expect(repeats()).toEqual([false, true, false]);
  });

  test('after a crash before the answer may be a repeat', async () => {
    await deliver(text('ok'), 1, false);
    rig = await process(rig.core.kv);
    await deliver(text('ok'));
    expect(repeats()).toEqual([true]);
  });

  test('after a commit that went through, though the record said that it failed, is marked as a repeat', async () => {
    rig.core.failAfterCommit = 1;
    expect((await deliver(text('ok'))).status).toBe(status.temporaryAppError);
    expect((await deliver(text('ok'))).status).toBe(status.ok);
    clock.advance(minutes);
    await rig.background.idle();
    await deliver(text('ok'));
    expect(repeats()).toEqual([false, true, false]);
  });

  test('after a commit that really failed is no repeat, whatever was written before', async () => {
    await deliver(text('ok'));
    clock.advance(minutes);
    await rig.background.idle();
    rig.core.gate = () => Promise.reject(new Error('disk full'));
    expect((await deliver(text('ok'))).status).toBe(status.temporaryAppError);
    rig.core.gate = () => Promise.resolve();
    await deliver(text('ok'));
    expect(repeats()).toEqual([false, false]);
  });

  test('of a polite goodbye is a second message', async () => {
    await deliver(text('ok'));
    rig.inbound.goodbye(1);
    rig.inbound.stop();
    await rig.background.idle();
    rig = await process(rig.core.kv);
    await deliver(text('ok'));
    expect(repeats()).toEqual([false]);
  });

  test('two days later is no repeat', async () => {
    await deliver(text('ok'), 1, false);
    clock.advance(49 * 60 * minutes);
    rig = await process(rig.core.kv);
    await deliver(text('ok'));
    expect(repeats()).toEqual([false]);
  });
});

describe('a long text', () => {
  test('is put together whatever the order, and its notes go with it', async () => {
    await deliver(part(2, 3, 'b'));
    await deliver(part(3, 3, 'c'));
    expect(rig.core.events).toEqual([]);
    await deliver(part(1, 3, 'a'));
    expect(rig.core.texts).toEqual(['abc']);
    expect(Array.from(rig.core.kv.keys()).filter((key) => key.startsWith('part:'))).toEqual([]);
  });

  test('survives a restart between its parts', async () => {
    await deliver(part(1, 2, 'a'));
    rig = await process(rig.core.kv);
    await deliver(part(2, 2, 'b'));
    expect(rig.core.texts).toEqual(['ab']);
  });

  test('a part that comes twice counts once', async () => {
    await deliver(part(1, 2, 'a'));
    expect((await deliver(part(1, 2, 'a'))).status).toBe(status.ok);
    await deliver(part(2, 2, 'b'));
    expect(rig.core.texts).toEqual(['ab']);
  });

  test('a reference that comes round begins another message, and the old one is told with its gap', async () => {
    await deliver(part(1, 2, 'old'));
    await deliver(part(1, 2, 'new '));
    await deliver(part(2, 2, 'one'));
    expect(rig.core.texts).toEqual(['old[part 2 of 2 missing]', 'new one']);
    expect(rig.core.events).toMatchObject([{ message: { missing: 'part 2 of 2' } }, { message: { text: 'new one' } }]);
  });

  test('whose part never comes is told after ten minutes, also after a restart', async () => {
    await deliver(part(2, 2, 'the end'));
    clock.advance(5 * minutes);
    rig = await process(rig.core.kv);
    clock.advance(5 * minutes);
    await rig.background.idle();
    expect(rig.core.texts).toEqual(['[part 1 of 2 missing]the end']);
    expect(Array.from(rig.core.kv.keys()).filter((key) => key.startsWith('part:'))).toEqual([]);
  });

  test('a part that could not be kept is asked for again', async () => {
    rig.core.gate = () => Promise.reject(new Error('disk full'));
    expect((await deliver(part(1, 2, 'a'))).status).toBe(status.temporaryAppError);
    rig.core.gate = () => Promise.resolve();
    await deliver(part(2, 2, 'b'));
    expect(rig.core.texts).toEqual([]);
    await deliver(part(1, 2, 'a'));
    expect(rig.core.texts).toEqual(['ab']);
  });

  test('a part whose commit went through, though the record said that it failed, leaves nothing behind', async () => {
    rig.core.failAfterCommit = 1;
    expect((await deliver(part(1, 2, 'a'))).status).toBe(status.temporaryAppError);
    await deliver(part(1, 2, 'a'));
    await deliver(part(2, 2, 'b'));
    expect(rig.core.texts).toEqual(['ab']);
    expect(Array.from(rig.core.kv.keys()).filter((key) => key.startsWith('part:'))).toEqual([]);
  });

  test('its last part, given again because the answer was lost, is no second message', async () => {
    await deliver(part(1, 2, 'a'));
    await deliver(part(2, 2, 'b'), 1, false);
    rig = await process(rig.core.kv);
    await deliver(part(2, 2, 'b'));
    clock.advance(10 * minutes);
    await rig.background.idle();
    expect(rig.core.texts).toEqual([]);
  });

  test('its last part, given again and held when the next process begins, is still no second message', async () => {
    await deliver(part(1, 2, 'a'));
    await deliver(part(2, 2, 'b'), 1, false);
    rig = await process(rig.core.kv);
    await deliver(part(2, 2, 'b'));
    rig = await process(rig.core.kv);
    clock.advance(10 * minutes);
    await rig.background.idle();
    expect(rig.core.events).toEqual([]);
    expect(Array.from(rig.core.kv.keys()).filter((key) => key.startsWith('part:'))).toEqual([]);
  });

  test('given again whole, with a restart between its parts, is marked as a repeat', async () => {
    await deliver(part(1, 2, 'a'), 1, false);
    await deliver(part(2, 2, 'b'), 1, false);
    rig = await process(rig.core.kv);
    await deliver(part(1, 2, 'a'), 1, false);
    rig = await process(rig.core.kv);
    await deliver(part(2, 2, 'b'));
    expect(rig.core.texts).toEqual(['ab']);
    expect(repeats()).toEqual([true]);
  });

  test('a flood of first parts is bounded', async () => {
    for (let reference = 0; reference < 25; reference += 1) await deliver(part(1, 2, `n${reference}`, reference));
    expect(rig.core.texts).toEqual([0, 1, 2, 3, 4].map((number) => `n${number}[part 2 of 2 missing]`));
  });

  test('by parameters instead of a header is put together too', async () => {
    const sar = (number: number): ShortMessage['tlvs'] => [
      { tag: 0x020c, value: Buffer.from([0, 9]) },
      { tag: 0x020e, value: Buffer.from([2]) },
      { tag: 0x020f, value: Buffer.from([number]) },
    ];
    await deliver(text('one ', { tlvs: sar(1) }));
    await deliver(text('two', { tlvs: sar(2) }));
    expect(rig.core.texts).toEqual(['one two']);
  });

  test('and what is written after it stay in order', async () => {
    let open = 0;
    rig.core.gate = async () => {
      open += 1;
      await Promise.resolve();
    };
    await Promise.all([deliver(part(1, 2, 'first ')), deliver(part(2, 2, 'half')), deliver(text('then'))]);
    expect(open).toBe(3);
    expect(rig.core.texts).toEqual(['first half', 'then']);
  });
});

describe('a receipt', () => {
  const receipt = (id: string): ShortMessage => text(`id:${id} stat:DELIVRD err:000`, { esmClass: 4 });

  test('is on record with the message that it speaks of', async () => {
    rig.receipts.sent('1.1', [remoteId('7b')]);
    await deliver(receipt('123'));
    expect(rig.core.updates).toMatchObject([{ remoteId: '123', matches: ['7b'], state: 'delivered', sure: true }]);
  });

  test('of a message that we don’t know is on record all the same', async () => {
    await deliver(receipt('5'));
    expect(rig.core.updates).toMatchObject([{ remoteId: '5', state: 'delivered' }]);
    expect(rig.core.updates[0]?.matches).toBeUndefined();
  });

  test('before the answer that names its message waits for it', async () => {
    rig.receipts.submitting();
    expect((await deliver(receipt('9'))).status).toBe(status.ok);
    expect(rig.core.updates).toEqual([]);
    rig.receipts.sent('1.1', [remoteId('9')]);
    rig.receipts.submitted();
    await rig.background.idle();
    expect(rig.core.updates).toMatchObject([{ matches: ['9'] }]);
    expect(Array.from(rig.core.kv.keys()).filter((key) => key.startsWith('held:'))).toEqual([]);
  });

  test('that waits in vain is on record after a minute, also after a restart', async () => {
    rig.receipts.submitting();
    await deliver(receipt('9'));
    rig = await process(rig.core.kv);
    clock.advance(minutes);
    await rig.background.idle();
    expect(rig.core.updates).toMatchObject([{ remoteId: '9', state: 'delivered' }]);
  });

  test('whose id holds control characters is on record without them', async () => {
    const tlvs = [
      { tag: 0x1e, value: Buffer.from('a\nb') },
      { tag: 0x427, value: Buffer.from([2]) },
    ];
    expect((await deliver(text('', { esmClass: 4, tlvs }))).status).toBe(status.ok);
    expect(rig.core.updates).toMatchObject([{ remoteId: 'ab' }]);
  });

  test('that names no message is shown as what it is', async () => {
    await deliver(text('delivered!', { esmClass: 4 }));
    expect(rig.core.events).toMatchObject([{ kind: 'unsupported', what: 'a delivery receipt that names no message' }]);
  });
});

describe('after the process stood still', () => {
  /** Time passes and no timer fires: what a stopped process sees of it. */
  class StoppableClock extends ManualClock {
    still = 0;

    override monotonic(): number {
      return super.monotonic() + this.still;
    }
  }
  let stoppable: StoppableClock;

  beforeEach(async () => {
    stoppable = new StoppableClock();
    clock = stoppable;
    rig = await process();
    rig.inbound.sessionBegan(1);
  });

  test('copies that waited beside the first one may be repeats', async () => {
    stoppable.still += 65_000;
    for (let copy = 0; copy < 3; copy += 1) await deliver(text('ok'));
    expect(repeats()).toEqual([false, true, true]);
  });

  test('other words that waited are none', async () => {
    stoppable.still += 65_000;
    await deliver(text('ok'));
    await deliver(text('thanks'));
    expect(repeats()).toEqual([false, false]);
  });

  test('what is said twice later on is heard twice, as ever', async () => {
    stoppable.still += 65_000;
    clock.advance(5_000);
    await deliver(text('ok'));
    await deliver(text('ok'));
    expect(repeats()).toEqual([false, false]);
  });

  test('no timer is left behind', () => {
    expect(clock.timers).toBe(1);
    rig.inbound.stop();
    expect(clock.timers).toBe(0);
  });
});

describe('a wall clock that is set by a day', () => {
  const day = 24 * 60 * minutes;

  test.each([day, -day])('(%i ms) gives up no parts early and keeps none too long', async (ms) => {
    await deliver(part(1, 2, 'Hel'));
    clock.jump(ms);
    clock.advance(9 * minutes);
    await rig.background.idle();
    expect(rig.core.texts).toEqual([]);
    clock.advance(minutes);
    await rig.background.idle();
    expect(rig.core.events).toMatchObject([{ message: { text: 'Hel[part 2 of 2 missing]' } }]);
  });

  test.each([day, -day])('(%i ms) between two processes keeps no part longer than its time', async (ms) => {
    await deliver(part(1, 2, 'Hel'));
    clock.jump(ms);
    rig = await process(rig.core.kv);
    clock.advance(10 * minutes);
    await rig.background.idle();
    expect(rig.core.texts).toEqual(['Hel[part 2 of 2 missing]']);
  });

  test.each([day, -day])('(%i ms) leaves a text whose answer was never sent a possible repeat', async (ms) => {
    await deliver(text('ok'), 1, false);
    clock.jump(ms);
    rig = await process(rig.core.kv);
    await deliver(text('ok'));
    expect(repeats()).toEqual([true]);
  });
});
