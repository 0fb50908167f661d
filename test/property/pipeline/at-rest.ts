/** What must hold when everything has come to rest: judged by the world, with the record beside it. */
import type { Entry, EntryKind, EntryOf } from '../../../src/core/entry.ts';
import { isJsonObject } from '../../../src/core/json.ts';
import { ruleOn } from '../../support/word-gatekeeper.ts';
import { gateKept } from './at-the-gate.ts';
import type { Rule } from './judge.ts';
import { ghostOf, type People, type Written } from './people.ts';
import type { Customer } from './house-rules.ts';
import { alice, bob, customers, DOMAIN, stranger } from './house-rules.ts';
import { kindOfUser } from '../../../src/bridge/people/our-users.ts';
import type { CustomerText } from './provider.ts';
import { entriesFrom, ofKind } from './recorded.ts';
import type { SynapseEvent } from './synapse.ts';
import type { World } from './world.ts';

/** The only cases in which something may be there twice; each is marked where people read it. */
const AMBIGUOUS = {
  /** It was sent before the first request arrived, under an id that the homeserver no longer knew. */
  onWire: 'a request on the wire outlived its process, and the homeserver forgot its transactions',
  /** Of marks and words of our own: what a customer wrote is looked for before it is shown again. */
  forgotten: 'an answer was lost, and the homeserver forgot its transactions',
  /** Nothing tells the homeserver that it is the same room; the next life looked before it was there. */
  room: 'a request for a room outlived its process',
  /** Recorded and shown each time, the repeats marked "may be a repeat". */
  unsure: 'a network without sure ids brought a text again whose acknowledgement it did not get',
  /** The outcome on record says that it may be there twice. */
  asked: 'a person sent again what was perhaps sent',
} as const;

interface Seen {
  readonly world: World;
  readonly people: People;
  readonly entries: readonly Entry[];
  /** All events of all rooms, in order. */
  readonly events: readonly SynapseEvent[];
  blame(rule: Rule, words: string): void;
}

/** Finds every promise that was broken. */
export async function judgeAtRest(world: World, people: People): Promise<void> {
  const seen: Seen = {
    world,
    people,
    entries: await entriesFrom(world, world.first),
    events: [...world.synapse.rooms.values()].flatMap((room) => room.events),
    blame: world.judge.blame.bind(world.judge),
  };
  eventsOnce(seen);
  textsOnce(seen);
  receiptsOnce(seen);
  shownOnce(seen);
  roomsOnce(seen);
  for (const customer of [...customers, stranger]) {
    inboundOrder(seen, customer);
    outboundOrder(seen, customer);
  }
  nothingUnasked(seen);
  gateKept(seen);
  for (const written of people.written) endedVisibly(seen, written);
  for (const text of people.opened) openedVisibly(seen, text);
}

function of<K extends EntryKind>(seen: Seen, kind: K): readonly EntryOf<K>[] {
  return ofKind(seen.entries, kind);
}

/** Every event that the homeserver brought has exactly one entry. */
function eventsOnce(seen: Seen): void {
  const counts = new Map<string, number>();
  for (const { source } of of(seen, 'matrix.event')) counts.set(source.id, (counts.get(source.id) ?? 0) + 1);
  for (const { event_id: id } of seen.world.synapse.stream('archive').slice(seen.world.firstEvent)) {
    const count = counts.get(id) ?? 0;
    if (count !== 1) seen.blame('one remote message, not one entry', `event ${id} has ${String(count)}`);
  }
}

/** One entry for each text of a sure network; for an unsure one, one for each acknowledged delivery, repeats marked. */
function textsOnce(seen: Seen): void {
  const texts = of(seen, 'network.message');
  for (const text of seen.world.provider.texts) {
    const brought = texts.filter((entry) => rawOf(entry).startsWith(`${text.id} `));
    if (brought[0]?.source.sure === true) {
      if (brought.length > 1) seen.blame('one remote message, not one entry', `${text.id}: ${String(brought.length)}`);
    } else {
      unsureTextOnce(seen, text, brought);
    }
  }
}

function unsureTextOnce(seen: Seen, text: CustomerText, brought: readonly Entry[]): void {
  for (const attempt of text.acknowledged) {
    const count = brought.filter((entry) => rawOf(entry) === `${text.id} ${String(attempt)}`).length;
    if (count !== 1)
      seen.blame('one remote message, not one entry', `${text.id}, time ${String(attempt)}: ${String(count)}`);
  }
  for (const entry of brought.slice(1)) {
    if (entry.source.possibleDuplicateOf === undefined)
      seen.blame('a possible duplicate without its mark', `record ${String(entry.position)} of ${text.id}`);
  }
}

function rawOf(entry: Entry): string {
  return Buffer.from(entry.raw ?? []).toString('utf8');
}

function receiptsOnce(seen: Seen): void {
  const known = of(seen, 'network.receipt');
  for (const { id, state, acknowledged } of seen.world.provider.receipts) {
    const count = known.filter(({ body }) => body.remoteId === id && body.state === state).length;
    if (acknowledged && count !== 1)
      seen.blame('one remote message, not one entry', `receipt of ${id} has ${String(count)}`);
  }
}

interface Shown {
  readonly event: SynapseEvent;
  readonly position: number;
  readonly part: string;
}

function shownIn(events: readonly SynapseEvent[]): readonly Shown[] {
  return events.flatMap((event) => {
    const source = event.said['org.gatehouse.source'];
    const ours = ['ghost', 'bot'].includes(kindOfUser(event.sender, DOMAIN));
    if (!ours || !isJsonObject(source) || typeof source['position'] !== 'number') return [];
    return [{ event, position: source['position'], part: typeof source['part'] === 'string' ? source['part'] : '' }];
  });
}

/** Every text is shown, and nothing of ours is there twice but in the named case. */
function shownOnce(seen: Seen): void {
  const shown = shownIn(seen.events);
  const places = new Map<string, Shown>();
  for (const one of shown) {
    const { event, position, part } = one;
    const place = `${event.room_id} ${event.sender} ${String(position)} ${part}`;
    const before = places.get(place);
    if (before !== undefined && !isAmbiguous(before, one))
      seen.blame('a duplicate that is none of the named cases', `${part} of record ${String(position)}`);
    places.set(place, one);
  }
  for (const entry of of(seen, 'network.message')) {
    const found = shown.find((one) => one.position === entry.position && one.part === 'text');
    const body = found?.event.said['body'];
    if (typeof body !== 'string' || !body.startsWith(entry.body.text))
      seen.blame(
        'an entry ended neither done nor visibly failed',
        `text of record ${String(entry.position)} not shown`,
      );
    else if (entry.source.possibleDuplicateOf !== undefined && !body.includes('may be a repeat'))
      seen.blame('a possible duplicate without its mark', `record ${String(entry.position)} as it is shown`);
  }
}

/** Each chat and each line has one room of ours. */
function roomsOnce(seen: Seen): void {
  const made = new Map<string, string>();
  for (const { id, state, outlived } of seen.world.synapse.rooms.values()) {
    const creation = state.get('m.room.create ') ?? {};
    const use = creation['org.gatehouse.portal'] ?? creation['org.gatehouse.space'];
    const named = outlived ? AMBIGUOUS.room : undefined;
    if (typeof use !== 'string' || named !== undefined) continue;
    const before = made.get(use);
    if (before !== undefined) seen.blame('a duplicate that is none of the named cases', `${id} and ${before}: ${use}`);
    made.set(use, id);
  }
}

/** Nobody could have known better: the first two of the named cases. */
function isAmbiguous(before: Shown, again: Shown): boolean {
  const onWire = before.event.outlived || again.event.outlived;
  const named = onWire ? AMBIGUOUS.onWire : again.part.startsWith('text') ? undefined : AMBIGUOUS.forgotten;
  return again.event.afterForgetting && named !== undefined;
}

/** A customer's texts stand in the room in the order in which they were brought first. */
function inboundOrder(seen: Seen, customer: Customer): void {
  const firsts = seen.world.provider.texts
    .filter((text) => text.from === customer)
    .map((text) => of(seen, 'network.message').find((entry) => rawOf(entry).startsWith(`${text.id} `))?.position ?? 0);
  const ghost = ghostOf(customer);
  const places = firsts.map((position) =>
    seen.events.findIndex((event) => event.sender === ghost && shownIn([event])[0]?.position === position),
  );
  if (!isSorted(firsts)) seen.blame('out of order in a portal', `texts of ${customer.name} on record`);
  if (!isSorted(places)) seen.blame('out of order in a portal', `texts of ${customer.name} in the room`);
}

function isSorted(numbers: readonly number[]): boolean {
  return numbers.every((n, index) => index === 0 || n >= (numbers[index - 1] ?? 0));
}

/** What staff wrote reaches the customer in the order of the room, but for what was unclear, asked for again or stopped. */
function outboundOrder(seen: Seen, customer: Customer): void {
  const { people, world } = seen;
  const straight = people.written.filter(({ texts, retried }) => !retried && !texts.some(ruleOn));
  const sure = straight.filter((one) => !isUnclear(seen, one));
  const taken = world.provider.taken.filter(({ message }) => message.to === customer.address);
  const order = taken.map(({ message }) => sure.findIndex((one) => one.texts.includes(message.text)));
  if (!isSorted(order.filter((index) => index >= 0)))
    seen.blame('out of order in a portal', `answers to ${customer.name}`);
}

function isUnclear(seen: Seen, { event }: Pick<Written, 'event'>): boolean {
  const entry = of(seen, 'matrix.event').find((one) => one.source.id === event.event_id);
  return entry !== undefined && seen.world.provider.unclear.has(entry.position);
}

/** The networks got nothing but what staff of the line wrote for them. */
function nothingUnasked(seen: Seen): void {
  const { people, world } = seen;
  const allowed = new Set(people.opened);
  for (const { event, texts } of people.written)
    if ([alice, bob].some((who) => who === event.sender)) for (const text of texts) allowed.add(text);
  for (const { message } of world.provider.taken)
    if (!allowed.has(message.text)) seen.blame('acted without an earlier entry', `"${message.text}" was sent outside`);
}

/** Marks of ours that stand on an event. */
function marksOn(seen: Seen, event: string): readonly string[] {
  return seen.events.flatMap(({ type, content, redacted }) => {
    const relation = content['m.relates_to'];
    if (type !== 'm.reaction' || redacted || !isJsonObject(relation) || relation['event_id'] !== event) return [];
    return typeof relation['key'] === 'string' ? [relation['key']] : [];
  });
}

const WENT = ['✓', '✓✓'];
const FAILED = ['⚠️', '🛑'];

/** A message of staff stands with one mark at the end, and the mark is true. */
function endedVisibly(seen: Seen, written: Written): void {
  const { event, texts, deleted, cancelled, retried } = written;
  const taken = seen.world.provider.taken.filter(({ message }) => texts.includes(message.text));
  const unclear = isUnclear(seen, written);
  const what = `"${texts[0] ?? ''}" (${event.event_id}), taken ${String(taken.length)} times`;
  if (taken.length > 1 && !(retried && unclear)) seen.blame('a duplicate that is none of the named cases', what);
  if (deleted) return;
  judgeMark(seen, { event: event.event_id, what, taken: taken.length, unclear, mayStandBare: cancelled });
}

interface Ended {
  readonly event: string;
  readonly what: string;
  readonly taken: number;
  readonly unclear: boolean;
  /** Nothing stands on what was withdrawn. */
  readonly mayStandBare: boolean;
}

function judgeMark(seen: Seen, ended: Ended): void {
  const marks = marksOn(seen, ended.event);
  if (marks.length === 0 && ended.mayStandBare && ended.taken === 0) return;
  const shown = `${ended.what}: ${marks.length === 0 ? 'no mark' : marks.join(' ')}`;
  const [mark = ''] = marks;
  if (marks.length !== 1 || ![...WENT, ...FAILED].includes(mark))
    seen.blame('an entry ended neither done nor visibly failed', shown);
  else if (!isTrue(seen, mark, ended)) seen.blame('told otherwise than it was', shown);
}

function isTrue(seen: Seen, mark: string, { taken, unclear, what }: Ended): boolean {
  if (WENT.includes(mark)) return taken > 0;
  return taken === 0 || unclear || receiptSaidSo(seen, what);
}

/** The network itself said later that it did not arrive. */
function receiptSaidSo(seen: Seen, what: string): boolean {
  const { taken, receipts } = seen.world.provider;
  return taken.some(
    ({ message, id }) =>
      what.includes(message.text.split(' edited')[0] ?? '') &&
      receipts.some((receipt) => receipt.id === id && receipt.state === 'failed'),
  );
}

/** First words to somebody new stand in the new room, with a mark. */
function openedVisibly(seen: Seen, text: string): void {
  const wanted = of(seen, 'portal.wanted').find(({ body }) => body.text === text);
  const taken = seen.world.provider.taken.filter(({ message }) => message.text === text).length;
  if (wanted === undefined) {
    seen.blame('an entry ended neither done nor visibly failed', `the wish for "${text}" is not on record`);
    return;
  }
  const shown = seen.events.find(({ said }) => said['body'] === `alice wrote: ${text}`);
  const unclear = seen.world.provider.unclear.has(wanted.position);
  const what = `"${text}", taken ${String(taken)} times`;
  if (taken > 1) seen.blame('a duplicate that is none of the named cases', what);
  judgeMark(seen, { event: shown?.event_id ?? '', what, taken, unclear, mayStandBare: false });
}
