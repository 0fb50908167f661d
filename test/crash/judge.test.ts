/** The judge itself on trial: what it must not miss, and what it must not complain of. */
import { describe, expect, test } from '@jest/globals';
import type { CarrierLine } from '../../src/demo/carrier-seen.ts';
import type { Deed } from './history.ts';
import { judge, problems, totals, type Evidence, type RoomEvent } from './judge.ts';

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
  return texts.map((text) => ({ what: 'said', customer: ANN, text, event: `$${text}` }));
}
function given(...texts: string[]): CarrierLine[] {
  return texts.map((text) => ({ at: '', dir: 'out', pdu: 'deliver_sm', text }));
}
function took(...texts: string[]): CarrierLine[] {
  return texts.map((text) => ({ at: '', dir: 'in', pdu: 'message', text }));
}
function evidence(deeds: Deed[], room: RoomEvent[], carrier: CarrierLine[]): Evidence {
  return { deeds, portals: new Map([[ANN, [room]]]), names: [], carrier, errors: [] };
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
    expect(
      judge({ deeds: texted('q1', 'q2'), portals, names: [], carrier: given('q1', 'q2'), errors: [] }).wrong,
    ).toHaveLength(1);
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

  test('a text that nobody said is wrong', () => {
    expect(judge(evidence([], [], took('a9'))).wrong).toEqual(['“a9” went out, and nobody said it']);
  });
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
  const deeds: Deed[] = [{ what: 'killed', when: 'first' }, ...texted('q1'), ...said('a1', 'a2')];
  const room = [message(GHOST, 'q1'), mark('$a1', '✓✓')];
  const verdict = judge(evidence(deeds, room, [...given('q1'), ...took('a1')]));
  expect(totals(verdict)).toBe(
    'kills 1 in 1/1 out 1/2 lost 1 reordered 0 duplicates marked 0 unmarked 0 maybe-sent 0 wrong 1',
  );
});
