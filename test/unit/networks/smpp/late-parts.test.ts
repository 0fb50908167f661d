import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Answer } from '../../../../src/networks/smpp/answer.ts';
import { encodePdu } from '../../../../src/networks/smpp/codec/encode.ts';
import type { ShortMessage } from '../../../../src/networks/smpp/codec/pdu.ts';
import { status } from '../../../../src/networks/smpp/codec/status.ts';
import { lateForMs } from '../../../../src/networks/smpp/told-texts.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { inboundProcess, minutes, part, text, type InboundRig } from '../../../support/smpp-inbound.ts';

let clock: ManualClock;
let rig: InboundRig;
let sequence: number;

async function deliver(pdu: ShortMessage, answerArrives = true): Promise<Answer> {
  sequence += 1;
  const answer = await rig.inbound.receive(pdu, encodePdu({ ...pdu, status: 0, sequence }), 1);
  if (answerArrives) answer.written();
  return answer;
}

async function pass(ms: number): Promise<void> {
  clock.advance(ms);
  await rig.background.idle();
}

/** The process is killed, and the next one begins with what is on disk. */
async function killed(): Promise<void> {
  rig.core.kill();
  const events = rig.core.events.slice();
  rig = await inboundProcess(clock, rig.core.kv);
  rig.core.events.push(...events);
}

/** What a room shows: each text as it was edited last. */
function shown(): string[] {
  const texts = new Map<string, string>();
  rig.core.events.forEach((event, index) => {
    if (event.kind === 'message') texts.set(event.message.remoteId ?? String(index), event.message.text);
    if (event.kind === 'edit') texts.set(event.edit.target, event.edit.text);
  });
  return Array.from(texts.values());
}

function kinds(): string[] {
  return rig.core.events.map(({ kind }) => kind);
}

/** Customers' words in the connector's notes. */
function notes(): string[] {
  return Array.from(rig.core.kv.keys()).filter((key) => key.startsWith('part:') || key.startsWith('told:'));
}

function sar(number: number, total: number, what: string): ShortMessage {
  const tlvs = [
    { tag: 0x020c, value: Buffer.from([0x12, 0x34]) },
    { tag: 0x020e, value: Buffer.from([total]) },
    { tag: 0x020f, value: Buffer.from([number]) },
  ];
  return text(what, { tlvs });
}

function wide(number: number, total: number, what: string): ShortMessage {
  const header = Buffer.from([6, 8, 4, 0x12, 0x34, total, number]);
  return text('', { esmClass: 0x40, shortMessage: Buffer.concat([header, Buffer.from(what)]) });
}

beforeEach(async () => {
  clock = new ManualClock();
  sequence = 0;
  rig = await inboundProcess(clock);
});

describe('a part that comes after its text was told with a gap', () => {
  test.each([
    ['a header with an 8-bit reference', part],
    ['a header with a 16-bit reference', wide],
    ['sar_* parameters', sar],
  ])('is on record and edits the text, where the parts are told by %s', async (_how, made) => {
    await deliver(made(1, 2, 'Hello '));
    await pass(10 * minutes);
    expect(shown()).toEqual(['Hello [part 2 of 2 missing]']);
    expect((await deliver(made(2, 2, 'world'))).status).toBe(status.ok);
    const [told, edit] = rig.core.events;
    const target = told?.kind === 'message' ? told.message.remoteId : undefined;
    expect(target).toBeDefined();
    expect(edit).toMatchObject({
      kind: 'edit',
      sure: false,
      mayRepeat: false,
      edit: { target, text: 'Hello world', from: '+12025550199', to: '+12025550100' },
    });
    expect(edit).not.toHaveProperty('edit.missing');
    expect(Buffer.from(edit?.raw ?? []).includes('world')).toBe(true);
    expect(rig.core.unkept).toEqual([]);
    expect(notes()).toEqual([]);
  });

  test('of which more are missing: each edits it, and says what is missing still', async () => {
    await deliver(part(2, 4, 'b'));
    await pass(10 * minutes);
    await deliver(part(4, 4, 'd'));
    await deliver(part(1, 4, 'a'));
    expect(rig.core.events.at(-1)).toMatchObject({
      edit: { text: 'ab[part 3 of 4 missing]d', missing: 'part 3 of 4' },
    });
    await deliver(part(3, 4, 'c'));
    expect(shown()).toEqual(['abcd']);
    expect(kinds()).toEqual(['message', 'edit', 'edit', 'edit']);
  });

  test('joins halves of one character', async () => {
    const half = (number: number, hex: string): ShortMessage => ({
      ...part(number, 2, Buffer.from(hex, 'hex').toString('latin1')),
      dataCoding: 8,
    });
    await deliver(half(1, 'd83d'));
    await pass(10 * minutes);
    await deliver(half(2, 'de00'));
    expect(shown()).toEqual(['😀']);
  });

  test('of two chats finds its own', async () => {
    const other = { ton: 1, npi: 1, value: '12025550188' };
    await deliver(part(1, 2, 'mine '));
    await deliver({ ...part(1, 2, 'yours '), source: other });
    await pass(10 * minutes);
    await deliver({ ...part(2, 2, 'too'), source: other });
    expect(shown()).toEqual(['mine [part 2 of 2 missing]', 'yours too']);
  });

  test('that could not be recorded is asked for again', async () => {
    await deliver(part(1, 2, 'Hello '));
    await pass(10 * minutes);
    rig.core.gate = () => Promise.reject(new Error('disk full'));
    expect((await deliver(part(2, 2, 'world'))).status).toBe(status.temporaryAppError);
    rig.core.gate = () => Promise.resolve();
    expect(shown()).toEqual(['Hello [part 2 of 2 missing]']);
    await deliver(part(2, 2, 'world'));
    expect(shown()).toEqual(['Hello world']);
    expect(rig.core.events.at(-1)?.mayRepeat).toBe(false);
  });

  test('whose commit went through, though the record said that it failed, is marked when it comes again', async () => {
    await deliver(part(1, 2, 'Hello '));
    await pass(10 * minutes);
    rig.core.failAfterCommit = 1;
    expect((await deliver(part(2, 2, 'world'))).status).toBe(status.temporaryAppError);
    expect((await deliver(part(2, 2, 'world'))).status).toBe(status.ok);
    expect(rig.core.events.map(({ mayRepeat }) => mayRepeat)).toEqual([false, false, true]);
    expect(shown()).toEqual(['Hello world']);
  });

  test('twice, while another is missing, counts once', async () => {
    await deliver(part(1, 3, 'a'));
    await pass(10 * minutes);
    await deliver(part(2, 3, 'b'));
    for (const again of [part(2, 3, 'b'), part(1, 3, 'a')]) expect((await deliver(again)).status).toBe(status.ok);
    await pass(10 * minutes);
    expect(kinds()).toEqual(['message', 'edit']);
    await deliver(part(3, 3, 'c'));
    expect(shown()).toEqual(['abc']);
  });

  test('again, because the answer to the last one was lost, is no text of its own', async () => {
    await deliver(part(1, 2, 'a'));
    await pass(10 * minutes);
    await deliver(part(2, 2, 'b'), false);
    await killed();
    await deliver(part(2, 2, 'b'));
    await pass(10 * minutes);
    expect(kinds()).toEqual(['message', 'edit']);
    expect(notes()).toEqual([]);
  });
});

describe('a kill -9', () => {
  test('between the telling and the late part changes nothing', async () => {
    await deliver(part(1, 3, 'a'));
    await pass(10 * minutes);
    await killed();
    await deliver(part(3, 3, 'c'));
    await killed();
    await deliver(part(2, 3, 'b'));
    expect(shown()).toEqual(['abc']);
    expect(kinds()).toEqual(['message', 'edit', 'edit']);
    expect(notes()).toEqual([]);
  });

  test('after the late part was recorded and before its answer: the carrier gives it again, and it counts once', async () => {
    await deliver(part(1, 3, 'a'));
    await pass(10 * minutes);
    await deliver(part(2, 3, 'b'), false);
    await killed();
    expect((await deliver(part(2, 3, 'b'))).status).toBe(status.ok);
    expect(kinds()).toEqual(['message', 'edit']);
    await deliver(part(3, 3, 'c'));
    expect(shown()).toEqual(['abc']);
  });
});

describe('a text that was told with a gap, although the record said that this failed,', () => {
  test('is told once, and edited by what comes late', async () => {
    await deliver(part(1, 2, 'Hello '));
    rig.core.failAfterCommit = 1;
    await pass(10 * minutes);
    await pass(minutes);
    await deliver(part(2, 2, 'world'));
    expect(shown()).toEqual(['Hello world']);
    expect(kinds()).toEqual(['message', 'edit']);
  });

  test('is told once when another text pushes it out', async () => {
    for (let reference = 0; reference < 20; reference += 1) await deliver(part(1, 2, `n${reference}`, reference));
    rig.core.failAfterCommit = 1;
    expect((await deliver(part(1, 2, 'more', 20))).status).toBe(status.temporaryAppError);
    expect((await deliver(part(1, 2, 'more', 20))).status).toBe(status.ok);
    expect(rig.core.texts).toEqual(['n0[part 2 of 2 missing]']);
    await deliver(part(2, 2, '.', 0));
    expect(shown()).toEqual(['n0.']);
  });

  test('is told later when it really failed, and the record is not asked without a pause', async () => {
    let asked = 0;
    rig.core.gate = () => {
      asked += 1;
      return Promise.reject(new Error('disk full'));
    };
    await deliver(part(1, 2, 'lost'));
    rig.core.gate = () => Promise.resolve();
    await deliver(part(1, 2, 'Hello '));
    rig.core.gate = () => {
      asked += 1;
      return Promise.reject(new Error('disk full'));
    };
    await pass(10 * minutes);
    for (let second = 0; second < 9; second += 1) await pass(1_000);
    expect(asked).toBe(3);
    rig.core.gate = () => Promise.resolve();
    await pass(5_000);
    expect(shown()).toEqual(['Hello [part 2 of 2 missing]']);
  });
});

describe('a reference that is used again', () => {
  test('ends what the first text waits for, as soon as another begins under it', async () => {
    await deliver(part(1, 2, 'old '));
    await pass(10 * minutes);
    await deliver(part(1, 2, 'new '));
    await deliver(part(2, 2, 'text'));
    expect(shown()).toEqual(['old [part 2 of 2 missing]', 'new text']);
    await deliver(part(2, 2, 'stray'));
    await pass(10 * minutes);
    expect(shown()).toEqual(['old [part 2 of 2 missing]', 'new text', '[part 1 of 2 missing]stray']);
    expect(kinds()).toEqual(['message', 'message', 'message']);
  });

  test('while the first text is waited for tells that one, and nothing edits it later', async () => {
    await deliver(part(1, 2, 'old '));
    await deliver(part(1, 2, 'new '));
    await deliver(part(2, 2, 'text'));
    await deliver(part(2, 2, 'stray'));
    await pass(10 * minutes);
    expect(kinds()).toEqual(['message', 'message', 'message']);
  });

  test('leaves what comes late to the newest of the texts that had it, and notes no other', async () => {
    await deliver(part(1, 2, 'old '));
    await deliver(part(1, 2, 'new '));
    await pass(10 * minutes);
    expect(notes()).toHaveLength(1);
    await deliver(part(2, 2, 'text'));
    expect(shown()).toEqual(['old [part 2 of 2 missing]', 'new text']);
    expect(notes()).toEqual([]);
  });

  test('after six hours is another text, also for the next process, and no words are left in the notes', async () => {
    await deliver(part(1, 2, 'old '));
    await pass(10 * minutes);
    await pass(lateForMs - 1);
    expect(notes()).toHaveLength(1);
    await pass(1);
    expect(notes()).toEqual([]);
    await deliver(part(2, 2, 'new'));
    await pass(10 * minutes);
    expect(kinds()).toEqual(['message', 'message']);
    clock.advance(lateForMs);
    await killed();
    expect(notes()).toEqual([]);
  });

  test.each([1, -1])('and a wall clock that is set by a day (%i) keep no note longer than six hours', async (days) => {
    await deliver(part(1, 2, 'old '));
    await pass(10 * minutes);
    clock.jump(days * 24 * 60 * minutes);
    await killed();
    await pass(lateForMs);
    expect(notes()).toEqual([]);
  });

  test('by a flood forgets the oldest of a thousand', async () => {
    for (let n = 0; n < 1_001; n += 1) {
      const source = { ton: 1, npi: 1, value: String(12_025_550_000 + n) };
      await deliver({ ...part(1, 2, 'a'), source });
    }
    await pass(10 * minutes);
    expect(notes()).toHaveLength(1_000);
    await deliver({ ...part(2, 2, 'b'), source: { ton: 1, npi: 1, value: '12025550000' } });
    await deliver({ ...part(2, 2, 'b'), source: { ton: 1, npi: 1, value: '12025551000' } });
    expect(kinds().filter((kind) => kind === 'edit')).toHaveLength(1);
  });
});

test('notes that can’t be read are forgotten, and no timer is left behind', async () => {
  await deliver(part(1, 2, 'a'));
  await pass(10 * minutes);
  const [key = ''] = notes();
  for (const broken of [
    '{',
    '{}',
    JSON.stringify({ target: 'x', at: 0, parts: [{ at: 0, frame: 'AAAA', mayRepeat: false }] }),
  ]) {
    rig.core.kv.set(`${key}x`, Buffer.from(broken));
    await killed();
    expect(notes()).toEqual([key]);
  }
  const timers = clock.timers;
  rig.inbound.stop();
  expect(clock.timers).toBe(timers - 1);
});
