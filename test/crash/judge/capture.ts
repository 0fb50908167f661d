/** What colleagues write among themselves: nobody delivers it, so its record is all there is. Each once, and in order. */
import { writtenIn, type Evidence } from './evidence.ts';
import { overtakings, reorderings, type Placed } from './order.ts';

export interface CaptureVerdict {
  readonly chatted: number;
  readonly captured: number;
  readonly lost: readonly string[];
  readonly reordered: readonly string[];
  readonly unmarked: readonly string[];
  readonly late: number;
}

interface Chat {
  readonly room: string;
  readonly who: string;
  readonly text: string;
  readonly event: string;
}

export function judgeCapture(evidence: Evidence): CaptureVerdict {
  const chats = chatsIn(evidence);
  const positions = recordOf(evidence);
  const placed = new Map<string, Placed[]>();
  for (const { room, who, text, event } of chats) {
    const [at] = positions.get(`${who} ${text}`) ?? [];
    const whose = `messages of ${who} in ${room}`;
    if (at !== undefined) placed.set(whose, [...(placed.get(whose) ?? []), { event, at }]);
  }
  const overtaken = [...placed].map(([whose, all]) => ({ whose, ...overtakings(all, evidence.handed) }));
  const times = chats.map(({ who, text }) => ({ text, n: positions.get(`${who} ${text}`)?.length ?? 0 }));
  return {
    chatted: chats.length,
    captured: times.filter(({ n }) => n > 0).length,
    lost: times.flatMap(({ text, n }) => (n === 0 ? [`“${text}” is not on record`] : [])),
    reordered: overtaken.flatMap((one) => reorderings(one.whose, one)),
    unmarked: times.flatMap(({ text, n }) => (n > 1 ? [`“${text}” is on record ${n} times`] : [])),
    late: overtaken.reduce((sum, one) => sum + one.handedSo, 0),
  };
}

/** Those that Synapse accepted, and those that it has although it never said so. */
function chatsIn({ deeds, internal }: Evidence): readonly Chat[] {
  const accepted = new Map(deeds.flatMap((one) => (one.what === 'chatted' ? [[one.text, one.event] as const] : [])));
  return deeds.flatMap((one) => {
    if (one.what !== 'chatting') return [];
    const { room, who, text } = one;
    const event = accepted.get(text) ?? writtenIn(internal.get(room) ?? [], `@${who}:`).get(text);
    return event === undefined ? [] : [{ room, who, text, event }];
  });
}

/** Positions by author and text. */
function recordOf({ record }: Evidence): ReadonlyMap<string, readonly number[]> {
  const positions = new Map<string, number[]>();
  for (const { kind, from, text, position } of record) {
    const who = /^@([^:]+):/u.exec(from ?? '')?.[1];
    if (kind !== 'matrix.event' || who === undefined) continue;
    const key = `${who} ${text ?? ''}`;
    positions.set(key, [...(positions.get(key) ?? []), position]);
  }
  return positions;
}
