/**
 * Says what became of each message, from what the driver did and what is seen from outside: the rooms as Synapse shows
 * them to Alice, and the carrier's own log. It knows nothing of how Gatehouse works.
 */
import type { CarrierLine } from '../../src/demo/carrier-seen.ts';
import type { Deed } from './history.ts';

/** An event of a portal as its members see it; one that was redacted has no content. */
export interface RoomEvent {
  readonly event_id: string;
  readonly type: string;
  readonly sender: string;
  readonly content: Readonly<Record<string, unknown>>;
}

export interface Evidence {
  readonly deeds: readonly Deed[];
  /** The portals of each customer's number, their events oldest first. */
  readonly portals: ReadonlyMap<string, readonly (readonly RoomEvent[])[]>;
  /** The names of all rooms that Alice is in. */
  readonly names: readonly string[];
  readonly carrier: readonly CarrierLine[];
  /** Names of the errors in Gatehouse's log: being killed is no error of its own. */
  readonly errors: readonly string[];
}

export interface Verdict {
  readonly kills: number;
  readonly texted: number;
  readonly shown: number;
  readonly said: number;
  readonly taken: number;
  /** Sentences that name each message. */
  readonly lost: readonly string[];
  readonly reordered: readonly string[];
  /** Second copies that say in the room that they may be one. */
  readonly marked: number;
  readonly unmarked: readonly string[];
  /** Answers whose outcome nobody can know, and which say so. */
  readonly maybeSent: number;
  /** Anything else that must not be. */
  readonly wrong: readonly string[];
}

const BOT = '@gatehouse:';
const REPEAT = '(may be a repeat)';

export function judge(evidence: Evidence): Verdict {
  const { deeds } = evidence;
  const inbound = judgeInbound(evidence);
  const outbound = judgeOutbound(evidence);
  return {
    kills: deeds.filter((one) => one.what === 'killed').length,
    texted: inbound.texted,
    shown: inbound.shown,
    said: outbound.said,
    taken: outbound.taken,
    lost: [...inbound.lost, ...outbound.lost],
    reordered: [...inbound.reordered, ...outbound.reordered],
    marked: inbound.marked,
    unmarked: [...inbound.unmarked, ...outbound.unmarked],
    maybeSent: outbound.maybeSent,
    wrong: [
      ...splitPortals(evidence),
      ...twice(evidence.names).map(([name, times]) => `Alice is in ${times} rooms called “${name}”`),
      ...outbound.wrong,
      ...[...countBy(evidence.errors)].map(([error, times]) => `Gatehouse logged ${error} ${times} times`),
    ],
  };
}

/** The one line of totals. */
export function totals(verdict: Verdict): string {
  const { kills, texted, shown, said, taken, lost, reordered, marked, unmarked, maybeSent, wrong } = verdict;
  return (
    `kills ${kills} in ${shown}/${texted} out ${taken}/${said} lost ${lost.length} reordered ${reordered.length} ` +
    `duplicates marked ${marked} unmarked ${unmarked.length} maybe-sent ${maybeSent} wrong ${wrong.length}`
  );
}

export function isGood(verdict: Verdict): boolean {
  return problems(verdict).length === 0;
}

export function problems({ lost, reordered, unmarked, wrong }: Verdict): readonly string[] {
  return [...lost, ...reordered, ...unmarked, ...wrong];
}

function judgeInbound({ deeds, portals, carrier }: Evidence) {
  const texts = deeds.filter((one) => one.what === 'texted');
  const lost: string[] = [];
  const unmarked: string[] = [];
  const firsts = new Map<string, number[]>();
  const given = countBy(carrier.filter((one) => one.pdu === 'deliver_sm' && one.dir === 'out').map((one) => one.text));
  const seen = new Map([...portals].map(([customer, rooms]) => [customer, copiesIn(rooms.flat(), customer)]));
  let marked = 0;
  for (const { customer, text } of texts) {
    const [first, ...more] = seen.get(customer)?.get(text) ?? [];
    if (first === undefined) {
      lost.push(`“${text}” is not in the portal`);
      continue;
    }
    firsts.set(customer, [...(firsts.get(customer) ?? []), first.at]);
    const good = (given.get(text) ?? 0) > 1 ? more.filter((copy) => copy.marked) : [];
    marked += good.length;
    if (first.marked) unmarked.push(`“${text}” is called a repeat where it first appears`);
    if (good.length < more.length) unmarked.push(`“${text}” is in the portal ${more.length + 1} times without reason`);
  }
  const shown = texts.length - lost.length;
  const reordered = [...firsts].flatMap(([customer, at]) => backwards(at, `texts of ${customer}`));
  return { texted: texts.length, shown, lost, reordered, marked, unmarked };
}

interface Copy {
  readonly at: number;
  readonly marked: boolean;
}

function copiesIn(events: readonly RoomEvent[], customer: string): Map<string, Copy[]> {
  const copies = new Map<string, Copy[]>();
  const ghost = `@_gh_sms_${customer.slice(1)}:`;
  for (const [at, one] of events.entries()) {
    if (one.type !== 'm.room.message' || !one.sender.startsWith(ghost)) continue;
    const [text = '', ...notes] = textOf(one).split('\n');
    copies.set(text, [...(copies.get(text) ?? []), { at, marked: notes.includes(REPEAT) }]);
  }
  return copies;
}

function judgeOutbound({ deeds, portals, carrier }: Evidence) {
  const answers = deeds.filter((one) => one.what === 'said');
  const took = countBy(carrier.filter((one) => one.pdu === 'message').map((one) => one.text));
  const orderTaken = new Map(
    carrier.map((one, at) => [one.pdu === 'message' ? one.text : undefined, at] as const).reverse(),
  );
  const all = [...portals.values()].flat(2);
  const unclear = maybeSentIn(all);
  const lost: string[] = [];
  const unmarked: string[] = [];
  const positions = new Map<string, number[]>();
  let taken = 0;
  for (const { customer, text, event } of answers) {
    const times = took.get(text) ?? 0;
    taken += times > 0 ? 1 : 0;
    if (times === 0 && !unclear.has(event)) lost.push(`“${text}” neither went out nor says that it didn't`);
    if (times > 1) unmarked.push(`“${text}” went out ${times} times`);
    const at = orderTaken.get(text);
    if (at === undefined || unclear.has(event)) continue;
    positions.set(customer, [...(positions.get(customer) ?? []), at]);
  }
  const reordered = [...positions].flatMap(([customer, at]) => backwards(at, `answers to ${customer}`));
  const maybeSent = answers.filter(({ event }) => unclear.has(event)).length;
  const wrong = [...strayTexts(answers, took), ...falseMarks(answers, all, unclear)];
  return { said: answers.length, taken, lost, reordered, unmarked, maybeSent, wrong };
}

/** One mark stands on each answer in the end: ✓✓, for the carrier tells of each that it arrived, or ⚠️ with one reply. */
function falseMarks(
  answers: readonly { readonly text: string; readonly event: string }[],
  events: readonly RoomEvent[],
  unclear: ReadonlySet<string>,
): string[] {
  const bots = events.filter((one) => one.sender.startsWith(BOT));
  const standing = new Map<unknown, unknown[]>();
  for (const one of bots.filter((reaction) => keyOf(reaction) !== undefined)) {
    const on = relationOf(one)['event_id'];
    standing.set(on, [...(standing.get(on) ?? []), keyOf(one)]);
  }
  const replies = countBy(bots.filter((one) => one.type === 'm.room.message').map((one) => repliedTo(one)));
  return answers.flatMap(({ text, event }) => {
    const [marks, told] = [standing.get(event)?.join(' ') ?? 'nothing', replies.get(event) ?? 0];
    const [mark, replied] = unclear.has(event) ? ['⚠️', 1] : ['✓✓', 0];
    const good = marks === mark && told === replied;
    return good ? [] : [`“${text}” bears ${marks} and has ${told} replies instead of ${mark} and ${replied}`];
  });
}

/** Events that a ⚠️ stands on and that a reply calls maybe sent. */
function maybeSentIn(events: readonly RoomEvent[]): ReadonlySet<string> {
  const bots = events.filter((one) => one.sender.startsWith(BOT));
  const warned = new Set(bots.map((one) => (keyOf(one) === '⚠️' ? relationOf(one)['event_id'] : undefined)));
  const told = bots.filter((one) => one.type === 'm.room.message' && textOf(one).includes('Maybe sent'));
  return new Set(told.flatMap((one) => repliedTo(one) ?? []).filter((event) => warned.has(event)));
}

function strayTexts(answers: readonly { readonly text: string }[], took: ReadonlyMap<string, number>): string[] {
  const known = new Set(answers.map(({ text }) => text));
  return [...took.keys()].filter((text) => !known.has(text)).map((text) => `“${text}” went out, and nobody said it`);
}

function splitPortals({ portals }: Evidence): string[] {
  return [...portals]
    .filter(([, rooms]) => rooms.length > 1)
    .map(([customer, rooms]) => `${customer} has ${rooms.length} portals`);
}

/** A sentence for each place where the order goes back. */
function backwards(places: readonly number[], what: string): string[] {
  return places.flatMap((place, at) => {
    const before = places[at - 1];
    return before !== undefined && place < before ? [`number ${at} of the ${what} overtook the one before it`] : [];
  });
}

function twice(things: readonly string[]): (readonly [string, number])[] {
  return [...countBy(things)].filter(([, times]) => times > 1);
}

function countBy(texts: readonly (string | undefined)[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) if (text !== undefined) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

function textOf(one: RoomEvent): string {
  const { body } = one.content;
  return typeof body === 'string' ? body : '';
}

function relationOf(one: RoomEvent): Record<string, unknown> {
  const relation = one.content['m.relates_to'];
  return typeof relation === 'object' && relation !== null ? { ...relation } : {};
}

function keyOf(one: RoomEvent): unknown {
  return one.type === 'm.reaction' ? relationOf(one)['key'] : undefined;
}

function repliedTo(one: RoomEvent): string | undefined {
  const to = relationOf(one)['m.in_reply_to'];
  if (typeof to !== 'object' || to === null || !('event_id' in to)) return undefined;
  return typeof to.event_id === 'string' ? to.event_id : undefined;
}
