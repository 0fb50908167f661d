/** The judge itself on trial: what it must not miss, and what it must not complain of. */
import { describe, expect, test } from '@jest/globals';
import type { CarrierLine } from '../../../src/demo/carrier-seen.ts';
import type { Deed } from '../history.ts';
import type { Evidence, RecordSeen, RoomEvent } from './evidence.ts';
import { judge, problems, totals } from './judge.ts';

const ANN = '+12025553000';
const GHOST = '@_gh_sms_12025553000:acme.example';
const BOT = '@gatehouse:acme.example';
let count = 0;

function message(sender: string, body: string, more: object = {}): RoomEvent {
  count += 1;
  return { event_id: `$m${count}`, type: 'm.room.message', sender, content: { msgtype: 'm.text', body, ...more } };
}
function reply(to: string, body: string): RoomEvent {
  return message(BOT, body, { 'm.relates_to': { 'm.in_reply_to': { event_id: to } } });
}
function mark(on: string, key: string): RoomEvent {
  const content = { 'm.relates_to': { rel_type: 'm.annotation', event_id: on, key } };
  return { event_id: `$r${on}${key}`, type: 'm.reaction', sender: BOT, content };
}
function texted(...texts: string[]): Deed[] {
  return texts.map((text) => ({ what: 'texted', customer: ANN, text }));
}
function said(...texts: string[]): Deed[] {
  return texts.flatMap((text) => [
    { what: 'saying', customer: ANN, text },
    { what: 'said', customer: ANN, text, event: `$${text}` },
  ]);
}
function chatted(...texts: string[]): Deed[] {
  return texts.flatMap((text) => [
    { what: 'chatting', room: '!deals', who: 'bob', text },
    { what: 'chatted', room: '!deals', who: 'bob', text, event: `$${text}` },
  ]);
}
function recorded(...texts: string[]): RecordSeen[] {
  return texts.map((text, at) => ({ position: at + 1, kind: 'matrix.event', from: '@bob:acme.example', text }));
}
function given(...texts: string[]): CarrierLine[] {
  return texts.map((text) => ({ at: '', dir: 'out', pdu: 'deliver_sm', text }));
}
function took(...texts: string[]): CarrierLine[] {
  return texts.map((text) => ({ at: '', dir: 'in', pdu: 'message', text }));
}
function evidence(deeds: Deed[], room: RoomEvent[], carrier: CarrierLine[]): Evidence {
  const record = deeds.flatMap((one) => (one.what === 'saying' ? recorded(one.text) : []));
  return {
    deeds: deeds.map((one) => ({ ...one, in: 'steady' })),
    ...{ portals: new Map([[ANN, [room]]]), internal: new Map(), names: [], carrier, record, handed: [], errors: [] },
  };
}
function handed(...texts: string[]): ReadonlyMap<string, number> {
  return new Map(texts.map((text, at) => [`$${text}`, at]));
}

describe('inbound', () => {
  test('each text once and in order is good', () => {
    const verdict = judge(
      evidence(texted('q1', 'q2'), [message(GHOST, 'q1'), message(GHOST, 'q2')], given('q1', 'q2')),
    );
    expect(problems(verdict)).toEqual([]);
    expect(verdict).toMatchObject({ texted: 2, shown: 2 });
  });

  test('a text that is not in the portal is lost', () => {
    expect(judge(evidence(texted('q1', 'q2'), [message(GHOST, 'q2')], given('q1', 'q2'))).lost).toEqual([
      '“q1” is not in the portal',
    ]);
  });

  test("a text that somebody else wrote in the ghost's place is lost", () => {
    expect(judge(evidence(texted('q1'), [message(BOT, 'q1')], given('q1'))).lost).toHaveLength(1);
  });

  test('a text that overtook the one before it is named', () => {
    const room = [message(GHOST, 'q2'), message(GHOST, 'q1')];
    expect(judge(evidence(texted('q1', 'q2'), room, given('q1', 'q2'))).reordered).toHaveLength(1);
  });

  test('a second copy is forgiven only where the carrier gave it twice and the copy says so', () => {
    const marked = [message(GHOST, 'q1'), message(GHOST, 'q1\n(may be a repeat)')];
    const plain = [message(GHOST, 'q1'), message(GHOST, 'q1')];
    expect(judge(evidence(texted('q1'), marked, given('q1', 'q1')))).toMatchObject({ marked: 1, unmarked: [] });
    expect(judge(evidence(texted('q1'), plain, given('q1', 'q1'))).unmarked).toHaveLength(1);
    expect(judge(evidence(texted('q1'), marked, given('q1'))).unmarked).toHaveLength(1);
  });

  test('a first copy that is called a repeat is wrong', () => {
    const room = [message(GHOST, 'q1\n(may be a repeat)')];
    expect(judge(evidence(texted('q1'), room, given('q1'))).unmarked).toHaveLength(1);
  });

  test('two portals of one customer are wrong', () => {
    const rooms = [[message(GHOST, 'q1')], [message(GHOST, 'q2')]];
    const portals = new Map([[ANN, rooms]]);
    expect(judge({ ...evidence(texted('q1', 'q2'), [], given('q1', 'q2')), portals }).wrong).toHaveLength(1);
  });
});

describe('outbound', () => {
  test('each answer taken once, in order and marked as delivered is good', () => {
    const verdict = judge(evidence(said('a1', 'a2'), [mark('$a1', '✓✓'), mark('$a2', '✓✓')], took('a1', 'a2')));
    expect(problems(verdict)).toEqual([]);
    expect(verdict).toMatchObject({ said: 2, taken: 2, maybeSent: 0 });
  });

  test('an answer that went nowhere and says nothing is lost', () => {
    expect(judge(evidence(said('a1'), [], [])).lost).toHaveLength(1);
  });

  test('an answer that says “Maybe sent” may have gone out or not, and is out of the order', () => {
    const room = [mark('$a1', '⚠️'), reply('$a1', '⚠️ Maybe sent: the connection broke.'), mark('$a2', '✓✓')];
    expect(problems(judge(evidence(said('a1', 'a2'), room, took('a2'))))).toEqual([]);
    const late = judge(evidence(said('a1', 'a2'), room, took('a2', 'a1')));
    expect(problems(late)).toEqual([]);
    expect(late.maybeSent).toBe(1);
  });

  test.each([
    ['without the mark', [reply('$a1', '⚠️ Maybe sent: the connection broke.')]],
    ['without the reply', [mark('$a1', '⚠️')]],
    ['with another reason', [mark('$a1', '⚠️'), reply('$a1', 'Not sent: too long')]],
  ])('an answer that went nowhere is lost %s', (_what, room) => {
    expect(judge(evidence(said('a1'), room, [])).lost).toHaveLength(1);
  });

  test('an answer that a rule stopped stays here and says so, and the later ones go out', () => {
    const stopped = [mark('$a1', '🛑'), reply('$a1', 'Quarantined: looks like a payment card number.')];
    const room = [...stopped, mark('$a2', '✓✓')];
    expect(problems(judge(evidence(said('a1', 'a2'), room, took('a2'))))).toEqual([]);
    expect(judge(evidence(said('a1', 'a2'), room, took('a2', 'a1'))).wrong).toEqual([
      '“a1” went out and says that a rule stopped it',
    ]);
    expect(judge(evidence(said('a1'), [mark('$a1', '🛑')], [])).lost).toHaveLength(1);
  });

  test('an answer that was let go after a rule stopped it is out of the order, and taken once', () => {
    const room = [mark('$a1', '✓✓'), reply('$a1', 'Quarantined: looks like a card.'), mark('$a2', '✓✓')];
    expect(problems(judge(evidence(said('a1', 'a2'), room, took('a2', 'a1'))))).toEqual([]);
    expect(judge(evidence(said('a1', 'a2'), room, took('a2', 'a1', 'a1'))).unmarked).toHaveLength(1);
  });

  test('an answer taken twice is never forgiven', () => {
    const room = [mark('$a1', '⚠️'), reply('$a1', '⚠️ Maybe sent: the connection broke.')];
    expect(judge(evidence(said('a1'), room, took('a1', 'a1'))).unmarked).toEqual(['“a1” went out 2 times']);
  });

  test('answers taken in another order are named', () => {
    expect(judge(evidence(said('a1', 'a2', 'a3'), [], took('a1', 'a3', 'a2'))).reordered).toHaveLength(1);
  });

  test.each([
    ['no mark', []],
    ['a mark that says less than is known', [mark('$a1', '✓')]],
    ['two marks', [mark('$a1', '✓'), mark('$a1', '✓✓')]],
    ['a warning without reason', [mark('$a1', '⚠️')]],
    ['a reply without reason', [mark('$a1', '✓✓'), reply('$a1', 'Not sent: too long')]],
  ])('an answer that arrived is wrong with %s', (_what, room) => {
    expect(judge(evidence(said('a1'), room, took('a1'))).wrong).toHaveLength(1);
  });

  test('being told twice that it is maybe sent is wrong', () => {
    const telling = [1, 2].map(() => reply('$a1', '⚠️ Maybe sent: the connection broke.'));
    expect(judge(evidence(said('a1'), [mark('$a1', '⚠️'), ...telling], [])).wrong).toHaveLength(1);
  });

  test('an answer that Synapse handed over after a later one may follow it, and is counted', () => {
    const room = [mark('$a1', '✓✓'), mark('$a2', '✓✓')];
    const seen = evidence(said('a1', 'a2'), room, took('a2', 'a1'));
    expect(judge(seen).reordered).toHaveLength(1);
    expect(judge({ ...seen, handed: [handed('a1', 'a2')] }).reordered).toHaveLength(1);
    for (const order of [handed('a2', 'a1'), handed('a2')]) {
      expect(judge({ ...seen, handed: [order] })).toMatchObject({ reordered: [], late: 1 });
    }
  });

  test('an answer that is held back because it came late, and says so, is counted apart', () => {
    const room = [mark('$a1', '⚠️'), reply('$a1', 'Not sent: this reached us late, and …'), mark('$a2', '✓✓')];
    const verdict = judge(evidence(said('a1', 'a2'), room, took('a2')));
    expect(problems(verdict)).toEqual([]);
    expect(verdict).toMatchObject({ said: 2, taken: 1, heldBack: 1, late: 0 });
    expect(judge(evidence(said('a1', 'a2'), room, took('a2', 'a1'))).wrong).toHaveLength(1);
  });

  test('an answer that Synapse has although it never said so counts as said; one that it does not have does not', () => {
    const deeds: Deed[] = ['a1', 'a2'].flatMap((text) => [
      { what: 'saying', customer: ANN, text },
      { what: 'unheard', text },
    ]);
    const verdict = judge(evidence(deeds, [message('@alice:acme.example', 'a1')], []));
    expect(verdict).toMatchObject({ said: 1, unheard: 2 });
    expect(verdict.lost).toEqual(["“a1” neither went out nor says that it didn't"]);
  });

  test('an answer that went out and is not on record is lost', () => {
    const seen = evidence(said('a1'), [mark('$a1', '✓✓')], took('a1'));
    expect(judge({ ...seen, record: [] }).lost).toEqual(['“a1” is not on record']);
  });

  test('an unclear answer of which a receipt tells later is good', () => {
    const room = [reply('$a1', '⚠️ Maybe sent: the connection broke.'), mark('$a1', '✓✓')];
    expect(problems(judge(evidence(said('a1'), room, took('a1'))))).toEqual([]);
  });

  test('a text that nobody said is wrong', () => {
    expect(judge(evidence([], [], took('a9'))).wrong).toEqual(['“a9” went out, and nobody said it']);
  });
});

describe('capture', () => {
  const seen = evidence(chatted('b1', 'b2'), [], []);

  test('each message once and in order is good', () => {
    const verdict = judge({ ...seen, record: recorded('b1', 'b2') });
    expect(problems(verdict)).toEqual([]);
    expect(verdict).toMatchObject({ chatted: 2, captured: 2 });
  });

  test('a message that is not on record is lost', () => {
    expect(judge({ ...seen, record: recorded('b2') }).lost).toEqual(['“b1” is not on record']);
  });

  test("another one's record of the same words is none of it", () => {
    const record = recorded('b1', 'b2').map((one) => ({ ...one, from: '@alice:acme.example' }));
    expect(judge({ ...seen, record }).lost).toHaveLength(2);
  });

  test('a message that is on record twice is never forgiven', () => {
    expect(judge({ ...seen, record: recorded('b1', 'b2', 'b1') }).unmarked).toEqual(['“b1” is on record 2 times']);
  });

  test('messages recorded in another order are named, unless Synapse handed them over so', () => {
    const swapped = { ...seen, record: recorded('b2', 'b1') };
    expect(judge(swapped).reordered).toHaveLength(1);
    expect(judge({ ...swapped, handed: [handed('b2', 'b1')] })).toMatchObject({ reordered: [], late: 1 });
  });

  test('a message that only Synapse knows of must be on record too', () => {
    const deeds: Deed[] = [{ what: 'chatting', room: '!deals', who: 'bob', text: 'b1' }];
    const internal = new Map([['!deals', [message('@bob:acme.example', 'b1')]]]);
    expect(judge({ ...evidence(deeds, [], []), internal }).lost).toHaveLength(1);
  });
});

test('one part of a run is judged apart from the others', () => {
  const deeds = [
    ...texted('q1').map((one) => ({ ...one, in: 'burst' })),
    ...texted('q2').map((one) => ({ ...one, in: 'steady' })),
  ];
  const seen = { ...evidence([], [message(GHOST, 'q2')], given('q1', 'q2')), deeds };
  expect(judge(seen, 'steady')).toMatchObject({ texted: 1, lost: [] });
  expect(judge(seen, 'burst').lost).toHaveLength(1);
  expect(judge(seen).lost).toHaveLength(1);
});

test('a room that was made twice is wrong', () => {
  const seen = { ...evidence([], [], []), names: ['Sales', 'Ann Lee (SMS)', 'Sales'] };
  expect(judge(seen).wrong).toEqual(['Alice is in 2 rooms called “Sales”']);
});

test('an error in the log of Gatehouse is wrong', () => {
  const seen = { ...evidence([], [], []), errors: ['task.failed', 'task.failed'] };
  expect(judge(seen).wrong).toEqual(['Gatehouse logged task.failed 2 times']);
});

test('the line of totals counts everything', () => {
  const deeds: Deed[] = [{ what: 'killed', when: 'first' }, ...texted('q1'), ...said('a1', 'a2'), ...chatted('b1')];
  const room = [message(GHOST, 'q1'), mark('$a1', '✓✓')];
  const verdict = judge(evidence(deeds, room, [...given('q1'), ...took('a1')]));
  expect(totals(verdict)).toBe(
    'kills 1 in 1/1 out 1/2 capture 0/1 lost 2 reordered 0 duplicates marked 0 unmarked 0 maybe-sent 0 held-back 0 late 0 wrong 1',
  );
});
