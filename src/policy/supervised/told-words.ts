/** What compliance reads of rooms that were changed, and of people who met across a barrier. */
import type { PolicyBodies, RoomChange } from '../../core/policy-entries.ts';

type RoomChanged = PolicyBodies['policy.room-changed'];
type BarrierCrossed = PolicyBodies['policy.barrier-crossed'];

export interface Naming {
  /** `room “Deals”`, `the chat of alice and bob`. */
  readonly room: string;
  readonly person: (user: string) => string;
}

type Words = (who: string, room: string) => string;

const done: Readonly<Record<RoomChange, Words>> = {
  encrypted: (who, room) => `${who} switched encryption on in ${room}.`,
  retention: (who, room) =>
    `${who} set ${room} so that the homeserver deletes its messages by age. The record keeps them all the same.`,
  'bot-removed': (who, room) => `${who} put Gatehouse out of ${room}.`,
  'power-taken': (who, room) => `${who} took Gatehouse's power in ${room}: it could not keep that room in order.`,
};

const ends: Readonly<Record<RoomChange, Readonly<Record<RoomChanged['undone'], string>>>> = {
  encrypted: {
    yes: '',
    no: '',
    'not-possible':
      "Nobody can switch it off: what is written there from now on can't be read or checked. Close the room, and go on in a new one without encryption.",
  },
  retention: {
    yes: 'It is set back.',
    no: 'It was set back too often, and is left like this.',
    'not-possible':
      'Gatehouse has no power there to set it back: somebody with power in that room can, under m.room.retention.',
  },
  'bot-removed': {
    yes: 'It is back.',
    no: 'It came back too often, and stays out.',
    'not-possible': "It can't come back; where that room is needed, a new one is made.",
  },
  'power-taken': {
    yes: 'It has it back.',
    no: 'It took it back too often, and leaves it like this.',
    'not-possible': 'Somebody with power there must give it back.',
  },
};

export function changeWords({ what, by, undone }: RoomChanged, { room, person }: Naming): string {
  return `${done[what](person(by), room)} ${ends[what][undone]}`.trim();
}

const SHOWN = 3;

/** `refuses`: what they say there is refused until it is over. */
export function crossingWords(crossed: BarrierCrossed, { room, person }: Naming, refuses: boolean): string {
  const { barrier, users, how, by } = crossed;
  const names = users.slice(0, SHOWN).map((user) => person(user));
  const people = listed(users.length > SHOWN ? [...names, 'others'] : names);
  const came = how === 'found' || by === undefined ? '' : how === 'invite' ? `, invited by ${person(by)}` : '';
  const meanwhile = refuses ? ' What they write there is refused until then.' : '';
  return `${people} are together in ${room}${came}, and the company keeps ${barrier[0]} and ${barrier[1]} apart. Remove one side from the room.${meanwhile}`;
}

function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
