/** The judge is judged: what it must complain of, and what is right. */
import { expect, test } from '@jest/globals';
import type { RecordSeen } from '../judge/evidence.ts';
import type { NetworkEvidence, Shown } from './evidence.ts';
import { judgeInbound, type InboundVerdict } from './inbound.ts';
import type { Player } from './player.ts';
import type { Act, Customer } from './traffic.ts';

const unused = (): never => {
  throw new Error('nobody acts here');
};
const player: Player = {
  writes: unused,
  sendsPicture: unused,
  taken: () => [],
  close: () => Promise.resolve(),
};

function act(what: Act['what'], text: string, more: Partial<Act> = {}): Act {
  return { what, text, acknowledged: true, done: true, ...more };
}

function shown(what: Shown['what'], text: string, more: Partial<Shown> = {}): Shown {
  return { what, text, marked: false, ...more };
}

function record(kind: string, ...texts: readonly string[]): readonly RecordSeen[] {
  return texts.map((text, i) => ({ position: i + 1, kind, from: 'Ann', text }));
}

interface Seen {
  readonly acts: readonly Act[];
  readonly shown: readonly Shown[];
  readonly record: readonly RecordSeen[];
  readonly network?: Pick<Player, 'callsOnce' | 'keepsNothing' | 'nameless'>;
  readonly portals?: number;
}

function judge({ acts, shown: events, record: records, network = {}, portals = 1 }: Seen): InboundVerdict {
  const customer: Customer = { name: 'ann0', network: 'ann', person: 0, player: { ...player, ...network } };
  const evidence: NetworkEvidence = {
    rooms: new Map([['ann0', Array.from({ length: portals }, () => [])]]),
    shown: new Map([['ann0', events]]),
    record: records,
    errors: [],
  };
  return judgeInbound(customer, { traffic: { acts: new Map([[customer, [...acts]]]) }, evidence });
}

const [one, two] = ['Question 1 of ann0', 'Question 2 of ann0'];
const both = [act('text', one), act('text', two)];
const bothOnRecord = record('network.message', one, two);
const bothShown = [shown('text', one), shown('text', two)];

function complaints({ lost, reordered, unmarked, wrong }: InboundVerdict): readonly string[] {
  return [...lost, ...reordered, ...unmarked, ...wrong];
}

test('what is on record and in the room once, in order, is right', () => {
  const verdict = judge({ acts: both, shown: bothShown, record: bothOnRecord });
  expect(complaints(verdict)).toEqual([]);
  expect(verdict).toMatchObject({ texted: 2, shown: 2, late: 0 });
});

test('what misses in the room, or on record, is lost', () => {
  expect(judge({ acts: both, shown: [shown('text', two)], record: bothOnRecord }).lost).toEqual([
    `“${one}” (text) is not in the room`,
  ]);
  expect(judge({ acts: both, shown: bothShown, record: record('network.message', one) }).lost).toEqual([
    `“${two}” (text) is not on record`,
  ]);
  // As another kind it is not that act.
  expect(judge({ acts: both, shown: bothShown, record: record('network.edit', one, two) }).lost).toHaveLength(2);
});

test('what overtook is reordered, unless its provider calls once and was not answered', () => {
  const seen = { shown: bothShown.toReversed(), record: record('network.message', two, one) };
  expect(judge({ acts: both, ...seen }).reordered).toHaveLength(2);
  const missed = [act('text', one, { acknowledged: false }), act('text', two)];
  expect(judge({ acts: missed, ...seen }).reordered).toHaveLength(2);
  expect(judge({ acts: missed, ...seen, network: { callsOnce: true } })).toMatchObject({ reordered: [], late: 1 });
});

test('what stands twice is a repeat, and marked only in words', () => {
  const again = (marked: boolean) =>
    judge({ acts: both, shown: [...bothShown, shown('text', two, { marked })], record: bothOnRecord });
  expect(again(false)).toMatchObject({ marked: 0, unmarked: [`“${two}” (text) is in the room again`] });
  expect(again(true)).toMatchObject({ marked: 1, unmarked: [] });
  const twice = [...bothOnRecord, ...record('network.message', one)];
  expect(judge({ acts: both, shown: bothShown, record: twice }).unmarked).toEqual([
    `“${one}” (text) is on record 2 times`,
  ]);
});

test('what comes again without a name may be on record again, where the room says so', () => {
  const seen = (marked: boolean) => ({
    ...{ acts: both, shown: [...bothShown, shown('text', two, { marked })] },
    record: [...bothOnRecord, ...record('network.message', two)],
  });
  expect(complaints(judge({ ...seen(true), network: { nameless: true } }))).toEqual([]);
  expect(complaints(judge(seen(true)))).toEqual([`“${two}” (text) is on record 2 times`]);
  expect(complaints(judge({ ...seen(false), network: { nameless: true } }))).toHaveLength(2);
});

test('what nobody keeps and was not confirmed is given back, and is none the less shown once where it is on record', () => {
  const network = { keepsNothing: true };
  const back = act('text', two, { acknowledged: false });
  const first = { acts: [act('text', one), back], shown: [shown('text', one)], record: record('network.message', one) };
  expect(judge({ ...first, network })).toMatchObject({ texted: 1, givenBack: 1, lost: [], wrong: [] });
  expect(judge(first).lost).toHaveLength(2);
  expect(judge({ ...first, record: bothOnRecord, network }).lost).toEqual([`“${two}” (text) is not in the room`]);
  // What was confirmed must be there, and so must what is still under way.
  expect(judge({ ...first, acts: both, network }).lost).toHaveLength(2);
  const under = act('text', two, { acknowledged: false, done: false });
  expect(judge({ ...first, acts: [act('text', one), under], network }).lost).toHaveLength(2);
});

test('a picture without words is known by its bytes, and on record by who sent it and how many he had sent', () => {
  const wordless = (before: number) => ({ from: 'U1', before });
  const acts = [
    act('picture', one, { sha256: 'aa', wordless: wordless(0) }),
    act('picture', two, { sha256: 'bb', wordless: wordless(1) }),
  ];
  const of = (from: string, position: number): RecordSeen => ({ position, kind: 'network.message', from, text: '' });
  const seen = [shown('picture', 'picture.jpg', { sha256: 'aa' }), shown('picture', 'picture.jpg', { sha256: 'bb' })];
  expect(complaints(judge({ acts, shown: seen, record: [of('U1', 5), of('U1', 3)] }))).toEqual([]);
  expect(judge({ acts, shown: seen, record: [of('U1', 3), of('U2', 5)] }).lost).toEqual([
    `“${two}” (picture) is not on record`,
  ]);
  expect(judge({ acts, shown: seen.slice(0, 1), record: [of('U1', 3), of('U1', 5)] }).lost).toEqual([
    `“${two}” (picture) is not in the room`,
  ]);
});

test('a picture without words that comes late stands where it was said that it had not come yet', () => {
  const acts = [act('picture', one, { sha256: 'aa', wordless: { from: 'U1', before: 0 } }), act('text', two)];
  const records = [
    { position: 1, kind: 'network.message', from: 'U1', text: '' },
    { position: 2, kind: 'network.message', from: 'U1', text: two },
  ];
  const [awaited, other, late] = [
    shown('text', "📎 A picture hasn't come yet.", { event: '$1' }),
    shown('text', two, { event: '$2' }),
    shown('picture', 'picture.jpg', { sha256: 'aa', event: '$3', answers: '$1' }),
  ];
  expect(complaints(judge({ acts, shown: [awaited, other, late], record: records }))).toEqual([]);
  expect(judge({ acts, shown: [other, awaited, late], record: records }).reordered).toHaveLength(1);
  expect(judge({ acts, shown: [awaited, other], record: records }).lost).toHaveLength(1);
});

test('a picture has its very bytes, also where it follows its words late', () => {
  const acts = [act('picture', one, { sha256: 'aa' })];
  const records = record('network.message', one);
  const pictured = (sha256: string) => judge({ acts, shown: [shown('picture', one, { sha256 })], record: records });
  expect(complaints(pictured('aa'))).toEqual([]);
  expect(pictured('bb').wrong).toEqual([`“${one}” has other bytes in the room`]);
  const words = [shown('text', one), shown('text', "📎 A picture hasn't come yet.")];
  expect(judge({ acts, shown: words, record: records }).lost).toEqual([`“${one}” (picture) is not in the room`]);
  const late = [...words, shown('picture', 'picture.jpg', { sha256: 'aa' })];
  expect(complaints(judge({ acts, shown: late, record: records }))).toEqual([]);
});

test('what was taken back is hidden, and nothing else is', () => {
  const acts = [act('text', one), act('deletion', one), act('text', two)];
  const records = [...bothOnRecord];
  const hidden = [shown('hidden', ''), shown('text', two)];
  expect(complaints(judge({ acts, shown: hidden, record: records }))).toEqual([]);
  expect(judge({ acts, shown: bothShown, record: records }).wrong).toEqual([
    `“${one}” was taken back and is still shown`,
  ]);
  expect(judge({ acts: both, shown: [...bothShown, shown('hidden', '')], record: records }).wrong).toEqual([
    '1 messages of ann0 are hidden without reason',
  ]);
});

test("a second portal, and another one's words in this, are wrong", () => {
  expect(judge({ acts: both, shown: bothShown, record: bothOnRecord, portals: 2 }).wrong).toEqual([
    'ann0 has 2 portals',
  ]);
  const strange = [...bothShown, shown('text', 'Question 3 of bob0')];
  expect(judge({ acts: both, shown: strange, record: bothOnRecord }).wrong).toEqual([
    '“Question 3 of bob0” stands in the room of ann0',
  ]);
});
