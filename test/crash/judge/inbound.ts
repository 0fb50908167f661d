/** Texts of customers: each in its portal, once and in order, whatever happened on the way. */
import { countBy, ghostOf, textOf, type Evidence, type RoomEvent } from './evidence.ts';

const REPEAT = '(may be a repeat)';

export interface InboundVerdict {
  readonly texted: number;
  readonly shown: number;
  readonly lost: readonly string[];
  readonly reordered: readonly string[];
  readonly marked: number;
  readonly unmarked: readonly string[];
}

interface Copy {
  readonly at: number;
  readonly marked: boolean;
}

export function judgeInbound({ deeds, portals, carrier }: Evidence): InboundVerdict {
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

function copiesIn(events: readonly RoomEvent[], customer: string): Map<string, Copy[]> {
  const copies = new Map<string, Copy[]>();
  const ghost = ghostOf(customer);
  for (const [at, one] of events.entries()) {
    if (one.type !== 'm.room.message' || !one.sender.startsWith(ghost)) continue;
    const [text = '', ...notes] = textOf(one).split('\n');
    copies.set(text, [...(copies.get(text) ?? []), { at, marked: notes.includes(REPEAT) }]);
  }
  return copies;
}

/** A sentence for each place where the order goes back. */
function backwards(places: readonly number[], what: string): string[] {
  return places.flatMap((place, at) => {
    const before = places[at - 1];
    return before !== undefined && place < before ? [`number ${at} of the ${what} overtook the one before it`] : [];
  });
}
