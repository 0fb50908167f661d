/** What a record should be like, told without a journal: what was said, what held for it, what goes when. */
import type { DraftOf } from '../../../src/core/entry.ts';
import { must, parseClassId, parseEventId, parseMillis, parseRoomId, parseUserId } from '../../../src/core/ids.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Assignment, KeptClass } from '../../../src/core/retention-entries.ts';
import { DAY_MS, keptClass } from '../../support/retention-house.ts';

export const rooms = ['!deals:acme.example', '!lunch:acme.example'] as const;
export const people = ['@bob:acme.example', '@carol:acme.example'] as const;
/** Ours: what it says may quote records. */
const COMPLIANCE = '@compliance:acme.example';

/** Days kept at least, and at most; 0 for no end. */
export type Days = readonly [keep: number, erase: number];

export interface Wanted {
  readonly otherwise: Days;
  /** Of the second room, where it has a class of its own. */
  readonly lunch: Days | undefined;
  /** Of what was flagged, where that has one. */
  readonly flagged: Days | undefined;
}

/** `of`: the message that it changes, judges or quotes. */
export interface Said {
  readonly position: number;
  readonly is: 'message' | 'edit' | 'verdict' | 'name' | 'copy';
  readonly start: number;
  readonly where: number;
  readonly who: number;
  readonly text: string;
  readonly of: Said | undefined;
  flagged: boolean;
  gone: boolean;
}

interface State {
  readonly from: number;
  readonly wanted: Wanted;
}

/** What holds can be over. */
export const overs = ['user:@bob', 'in:deals', 'guarantee'] as const;

export class Life {
  readonly said: Said[] = [];
  readonly states: State[] = [];
  readonly holds = new Map<number, { readonly name: string; readonly placed: number }>();
  armed = false;
  #named = 0;

  name(): string {
    this.#named += 1;
    return `hold-${String(this.#named)}`;
  }

  /** By all classes that ever held for it, in milliseconds; undefined while nothing ends it. */
  dueAt(one: Said): number | undefined {
    const held = this.states.flatMap((state, i) => {
      const next = this.states[i + 1];
      // A class that ended before it came never held for it.
      return next !== undefined && next.from <= one.position ? [] : holding(one, state.wanted);
    });
    const keep = Math.max(...held.map(([days]) => days));
    const ends = held.map(([, erase]) => erase).filter((days) => days > 0);
    return ends.length === 0 ? undefined : one.start + Math.max(keep, Math.min(...ends)) * DAY_MS;
  }

  isHeld(one: Said): boolean {
    const family = this.#family(one);
    return [...this.holds.keys()].some((over) => family.some((member) => covers(over, member)));
  }

  /** All that is linked to it, as far as it is there: what is gone links nothing. */
  #family(one: Said): readonly Said[] {
    const family = new Set([one]);
    for (const member of family) {
      for (const other of this.said) if (!other.gone && areLinked(member, other)) family.add(other);
    }
    return [...family];
  }

  /** The name that a room has now: the house is built on it. */
  isNeeded(one: Said): boolean {
    return one.is === 'name' && this.said.findLast((other) => other.is === 'name' && other.where === one.where) === one;
  }

  /** Those that have to go at `now`: what they speak of goes before them, and what quotes them with them. */
  goingAt(now: number): readonly number[] {
    const going = new Set<Said>();
    for (const one of this.said) {
      if (!one.gone && this.#isDue(one, now, going) && !this.isHeld(one) && !this.isNeeded(one)) going.add(one);
    }
    return [...going].map(({ position }) => position);
  }

  #isDue(one: Said, now: number, going: ReadonlySet<Said>): boolean {
    const due = this.dueAt(one);
    const isOver = due !== undefined && due <= now;
    if (one.of === undefined) return isOver;
    if (!speaks(one)) return isOver || going.has(one.of);
    return isOver && (one.of.gone || going.has(one.of));
  }
}

/** The default holds for what has no other class, and beside one that only a verdict gives. */
function holding({ is, where, flagged: isFlagged }: Said, { otherwise, lunch, flagged }: Wanted): readonly Days[] {
  const own = where === 1 && is !== 'verdict' ? lunch : undefined;
  return [own ?? otherwise, ...(isFlagged && flagged !== undefined ? [flagged] : [])];
}

/** What quotes a record is a message of its own. */
function speaks({ is }: Said): boolean {
  return is !== 'copy';
}

function areLinked(one: Said, other: Said): boolean {
  return (speaks(one) && one.of === other) || (speaks(other) && other.of === one);
}

function covers(over: number, { is, who, where, text }: Said): boolean {
  if (is === 'verdict') return false;
  return [is !== 'copy' && who === 0, where === 0, text.includes('guarantee')][over] ?? false;
}

export function classesOf({ otherwise, lunch, flagged }: Wanted): readonly KeptClass[] {
  const of = (id: string, days: Days | undefined): readonly KeptClass[] =>
    days === undefined ? [] : [days[1] === 0 ? keptClass(id, days[0]) : keptClass(id, ...days)];
  return [...of('usual', otherwise), ...of('lunch', lunch), ...of('flagged', flagged)];
}

export function assignmentsOf({ lunch, flagged }: Wanted): readonly Assignment[] {
  const to = (id: string, rest: Assignment['to']): Assignment => ({
    name: id,
    class: must(parseClassId(id)),
    to: rest,
  });
  return [
    ...(lunch === undefined ? [] : [to('lunch', { rooms: [must(parseRoomId(rooms[1]))] })]),
    ...(flagged === undefined ? [] : [to('flagged', { verdict: 'flagged' })]),
  ];
}

export interface Made {
  readonly id: string;
  readonly is: 'message' | 'edit' | 'name' | 'copy';
  readonly who: number;
  readonly where: number;
  readonly at: number;
  readonly text: string;
  readonly late: boolean;
  /** An event that it changes. */
  readonly changes?: string | undefined;
  /** A record that it quotes. */
  readonly quotes?: number | undefined;
}

export function eventDraft({ id, is, who, where, at, text, late, changes, quotes }: Made): DraftOf<'matrix.event'> {
  const sender = must(parseUserId(is === 'copy' ? COMPLIANCE : (people[who] ?? people[0])));
  const room = must(parseRoomId(rooms[where] ?? rooms[0]));
  const time = must(parseMillis(at));
  const said: JsonObject = {
    ...{ msgtype: 'm.text', body: text },
    ...(changes === undefined ? {} : { 'm.relates_to': { rel_type: 'm.replace', event_id: changes } }),
    ...(quotes === undefined ? {} : { 'org.gatehouse.refs': [quotes] }),
  };
  return {
    kind: 'matrix.event',
    at: time,
    ...{ actor: sender, room, direction: 'internal' },
    source: { system: 'matrix', id, sure: true, ...(late ? { late: { by: 'walk-back' } } : {}) },
    body: {
      ...{ event_id: must(parseEventId(id)), room_id: room, sender, origin_server_ts: time },
      ...(is === 'name'
        ? { type: 'm.room.name', state_key: '', content: { name: text } }
        : { type: 'm.room.message', content: said }),
    },
  };
}
