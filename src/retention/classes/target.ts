/** Which records an assignment is given to, as people name it; on record it is rooms and people. */
import {
  parseLineId,
  parseNetworkId,
  parseRoomId,
  type LineId,
  type NetworkId,
  type RoomId,
  type UserId,
} from '../../core/ids.ts';
import type { AssignedTo } from '../../core/retention-entries.ts';

/** Everything that is named must fit. */
export interface Target {
  readonly line?: LineId | undefined;
  readonly room?: RoomId | undefined;
  readonly tag?: string | undefined;
  readonly group?: string | undefined;
  readonly network?: NetworkId | undefined;
  readonly kind?: string | undefined;
  readonly verdict?: string | undefined;
}

/** What names of the config stand for. */
export interface Names {
  readonly tags: Readonly<Record<string, readonly RoomId[]>>;
  /** Undefined where it can't be read, and never was. */
  membersOf(group: string): Promise<readonly UserId[] | undefined>;
}

const DESK = 'desk:';

/** `line:sales kind:policy`, or a room's id alone. */
export function targetWords(target: Target): string {
  const { room, ...others } = target;
  const named = Object.entries(others).flatMap(([key, value]: readonly [string, string | undefined]) =>
    value === undefined ? [] : [`${key}:${value}`],
  );
  return [...(room === undefined ? [] : [room]), ...named].join(' ');
}

/** The name of what a desk assigns: a desk gives a target one class at a time. */
export function deskName(target: Target): string {
  return `${DESK}${targetWords(target)}`;
}

/** What an assignment of a desk is given to; undefined for those of the config. */
export function deskTarget(name: string): Target | undefined {
  return name.startsWith(DESK) ? targetOf(name.slice(DESK.length)) : undefined;
}

const readers: Readonly<Record<string, (value: string) => Target | undefined>> = {
  line: (value) => {
    const line = parseLineId(value);
    return line.ok ? { line: line.value } : undefined;
  },
  room: (value) => {
    const room = parseRoomId(value);
    return room.ok ? { room: room.value } : undefined;
  },
  network: (value) => {
    const network = parseNetworkId(value);
    return network.ok ? { network: network.value } : undefined;
  },
  tag: (tag) => ({ tag }),
  group: (group) => ({ group }),
  kind: (kind) => ({ kind }),
  verdict: (verdict) => ({ verdict }),
};

/** The reverse of `targetWords` for one thing: `!deals:acme.example`, `line:sales`, `tag:deals`. */
export function targetOf(words: string): Target | undefined {
  const [, key = '', value = ''] = /^([a-z]+):(\S+)$/u.exec(words.startsWith('!') ? `room:${words}` : words) ?? [];
  return Object.hasOwn(readers, key) ? readers[key]?.(value) : undefined;
}

/** Which records an assignment of the config or of a desk names. */
export function namedBy(name: string): Target {
  const words = name.replace(/^config:lines:/u, 'config:line:').replace(/^(config|desk):/u, '');
  return words.split(' ').reduce<Target>((all, word) => ({ ...all, ...targetOf(word) }), {});
}

/**
 * What `target` stands for now. A group or tag that can't be resolved stands for what it stood for `before`; undefined
 * where it never stood for anything: then nothing is assigned.
 */
export async function resolved(
  target: Target,
  names: Names,
  before: AssignedTo | undefined,
): Promise<AssignedTo | undefined> {
  const { group, tag } = target;
  const rooms = roomsOf(target, names, before);
  const users = group === undefined ? undefined : ((await names.membersOf(group)) ?? before?.users);
  if ((group !== undefined && users === undefined) || (tag !== undefined && rooms === undefined)) return undefined;
  return {
    ...stated(target),
    ...(rooms === undefined ? {} : { rooms: rooms.toSorted() }),
    ...(users === undefined ? {} : { users: [...new Set(users)].toSorted() }),
  };
}

/** Without what is undefined: the digest is over what is there. */
function stated({ line, network, kind, verdict }: Target): AssignedTo {
  return {
    ...(line === undefined ? {} : { line }),
    ...(network === undefined ? {} : { network }),
    ...(kind === undefined ? {} : { kind }),
    ...(verdict === undefined ? {} : { verdict }),
  };
}

function roomsOf(
  { room, tag }: Target,
  { tags }: Names,
  before: AssignedTo | undefined,
): readonly RoomId[] | undefined {
  if (tag === undefined) return room === undefined ? undefined : [room];
  const tagged = (Object.hasOwn(tags, tag) ? tags[tag] : undefined) ?? before?.rooms;
  return room === undefined ? tagged : tagged?.filter((one) => one === room);
}
