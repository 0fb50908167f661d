/** Answers of staff: each taken by the carrier once and in order, or openly not; and on record once. */
import {
  BOT,
  countBy,
  keyOf,
  relationOf,
  repliedTo,
  textOf,
  writtenIn,
  type Evidence,
  type RoomEvent,
} from './evidence.ts';
import { overtakings, reorderings, type Placed } from './order.ts';

export interface OutboundVerdict {
  readonly said: number;
  readonly taken: number;
  readonly lost: readonly string[];
  readonly reordered: readonly string[];
  readonly unmarked: readonly string[];
  readonly maybeSent: number;
  readonly heldBack: number;
  readonly late: number;
  readonly wrong: readonly string[];
}

interface Answer {
  readonly customer: string;
  readonly text: string;
  readonly event: string;
}

/** What the room tells of one answer. */
type Told = 'arrived' | 'maybe sent' | 'held back as late' | 'stopped by a rule' | 'something else';

const MAYBE = 'Maybe sent';
const LATE = 'this reached us late';
const STOPPED = 'Quarantined: ';
/** Openly not delivered for certain. */
const OPEN: ReadonlySet<Told | undefined> = new Set(['maybe sent', 'held back as late', 'stopped by a rule']);
/** What must not have gone out, and what its room says of it. */
const HELD: Readonly<Partial<Record<Told, string>>> = {
  'held back as late': 'it was held back',
  'stopped by a rule': 'a rule stopped it',
};

export function judgeOutbound(evidence: Evidence): OutboundVerdict {
  const { carrier, portals, handed } = evidence;
  const answers = answersIn(evidence);
  const took = countBy(carrier.filter((one) => one.pdu === 'message').map((one) => one.text));
  const rooms = [...portals.values()].flat(2);
  const room = new Faces(rooms);
  const at = new Map(
    carrier.map((one, place) => [one.pdu === 'message' ? one.text : undefined, place] as const).toReversed(),
  );
  const told = new Map(answers.map((answer) => [answer.event, room.tells(answer.event)]));
  const placed = new Map<string, Placed[]>();
  for (const { customer, text, event } of answers) {
    const place = at.get(text);
    // What an officer let go goes out when it was let go.
    if (place === undefined || told.get(event) === 'maybe sent' || room.wasStopped(event)) continue;
    placed.set(customer, [...(placed.get(customer) ?? []), { event, at: place }]);
  }
  const overtaken = [...placed].map(([customer, all]) => ({ customer, ...overtakings(all, handed) }));
  const count = (what: Told): number => answers.filter(({ event }) => told.get(event) === what).length;
  return {
    said: answers.length,
    taken: answers.filter(({ text }) => took.has(text)).length,
    lost: [...unsent(answers, took, told), ...unrecorded(answers, evidence)],
    reordered: overtaken.flatMap((one) => reorderings(`answers to ${one.customer}`, one)),
    unmarked: answers.flatMap(({ text }) => {
      const times = took.get(text) ?? 0;
      return times > 1 ? [`“${text}” went out ${times} times`] : [];
    }),
    maybeSent: count('maybe sent'),
    heldBack: count('held back as late'),
    late: overtaken.reduce((sum, one) => sum + one.handedSo, 0),
    wrong: answers.flatMap((answer) => room.complaint(answer, took.has(answer.text))),
  };
}

/** Those that Synapse accepted, and those that it has although it never said so. */
function answersIn({ deeds, portals }: Evidence): readonly Answer[] {
  const accepted = new Map(deeds.flatMap((one) => (one.what === 'said' ? [[one.text, one.event] as const] : [])));
  const rooms = new Map([...portals].map(([customer, all]) => [customer, writtenIn(all.flat(), '@alice:')]));
  return deeds.flatMap((one) => {
    if (one.what !== 'saying') return [];
    const { customer, text } = one;
    const event = accepted.get(text) ?? rooms.get(customer)?.get(text);
    return event === undefined ? [] : [{ customer, text, event }];
  });
}

function unsent(
  answers: readonly Answer[],
  took: ReadonlyMap<string, number>,
  told: ReadonlyMap<string, Told>,
): string[] {
  return answers.flatMap(({ text, event }) => {
    return took.has(text) || OPEN.has(told.get(event)) ? [] : [`“${text}” neither went out nor says that it didn't`];
  });
}

function unrecorded(answers: readonly Answer[], { record }: Evidence): string[] {
  const times = countBy(record.map((one) => (one.kind === 'matrix.event' ? (one.text ?? undefined) : undefined)));
  return answers.flatMap(({ text }) => (times.has(text) ? [] : [`“${text}” is not on record`]));
}

/** Texts that the carrier took and that nobody wrote. */
export function strays({ deeds, carrier }: Evidence): string[] {
  const known = new Set(deeds.map((one) => (one.what === 'saying' ? one.text : undefined)));
  const took = new Set(carrier.map((one) => (one.pdu === 'message' ? one.text : undefined)));
  return [...took].flatMap((text) => (known.has(text) ? [] : [`“${text ?? ''}” went out, and nobody said it`]));
}

/** What @gatehouse says of answers: one mark stands on each in the end, ✓✓, for the carrier tells of each that it arrived, or ⚠️ with one reply. */
class Faces {
  readonly #marks = new Map<unknown, unknown[]>();
  readonly #replies = new Map<string, string[]>();

  constructor(events: readonly RoomEvent[]) {
    for (const one of events.filter(({ sender }) => sender.startsWith(BOT))) {
      const on = relationOf(one)['event_id'];
      if (keyOf(one) !== undefined) this.#marks.set(on, [...(this.#marks.get(on) ?? []), keyOf(one)]);
      const to = one.type === 'm.room.message' ? repliedTo(one) : undefined;
      if (to !== undefined) this.#replies.set(to, [...(this.#replies.get(to) ?? []), textOf(one)]);
    }
  }

  tells(event: string): Told {
    const marks = this.#marksOn(event);
    const replies = this.#replies.get(event) ?? [];
    if (marks === '✓✓') return 'arrived';
    if (marks === '🛑' && this.wasStopped(event)) return 'stopped by a rule';
    if (marks !== '⚠️') return 'something else';
    if (replies.some((one) => one.includes(MAYBE))) return 'maybe sent';
    return replies.some((one) => one.includes(LATE)) ? 'held back as late' : 'something else';
  }

  wasStopped(event: string): boolean {
    return (this.#replies.get(event) ?? []).some((one) => one.startsWith(STOPPED));
  }

  complaint({ text, event }: Answer, taken: boolean): string[] {
    const told = this.tells(event);
    const held = HELD[told];
    if (held !== undefined && taken) return [`“${text}” went out and says that ${held}`];
    if (told === 'stopped by a rule' || (told === 'arrived' && this.#toldBefore(event))) return [];
    const [mark, replied] = OPEN.has(told) ? ['⚠️', 1] : ['✓✓', 0];
    return this.#bears({ text, event }, mark, replied);
  }

  /** A sentence where it bears something else. */
  #bears({ text, event }: Pick<Answer, 'text' | 'event'>, mark: string, replied: number): string[] {
    const replies = this.#replies.get(event)?.length ?? 0;
    const marks = this.#marksOn(event);
    if (marks === mark && replies === replied) return [];
    return [`“${text}” bears ${marks} and has ${replies} replies instead of ${mark} and ${replied}`];
  }

  /** It was stopped before, or unclear, and then it arrived: both words stand. */
  #toldBefore(event: string): boolean {
    return this.wasStopped(event) || this.#wasUnclear(event);
  }

  /** A receipt told of it later: then both words stand. */
  #wasUnclear(event: string): boolean {
    const replies = this.#replies.get(event) ?? [];
    return replies.length === 1 && replies.every((one) => one.includes(MAYBE));
  }

  #marksOn(event: string): string {
    return this.#marks.get(event)?.join(' ') ?? 'nothing';
  }
}
