/** What happens to rooms and to who is in them: each scene befalls a house with an open portal and a desk. */
import type { JsonObject } from '../../../src/core/json.ts';
import type { RoomId } from '../../../src/core/ids.ts';
import type { FakeHomeserver } from '../../integration/bridge/fake-homeserver.ts';
import { alice, bob, stranger, type House } from '../../integration/bridge/house.ts';
import { admin, annsGhost, ourRoom, upgrade } from '../../integration/bridge/room-acts.ts';

interface Befallen {
  readonly portal: RoomId;
  readonly office: RoomId;
}

interface Scene {
  /** Done at the homeserver alone: nothing of it has been brought yet. */
  readonly befall: (house: House, rooms: Befallen) => Promise<unknown>;
  /** What the homeserver can do, in each life anew. */
  readonly equip?: (homeserver: FakeHomeserver) => void;
  /** Customers' texts that come after it. */
  readonly texts?: readonly string[];
}

const encrypted: JsonObject = { algorithm: 'm.megolm.v1.aes-sha2' };
const text = (body: string) => ({ content: { msgtype: 'm.text', body } });

export const sceneNames = [
  'a ghost is kicked',
  'a ghost is banned',
  'a portal is upgraded',
  'a portal is upgraded without power for us, and we are not invited',
  'a portal is upgraded to an encrypted room',
  'a desk is upgraded',
  'a space is upgraded',
  'a portal is opened to all',
  'a portal is encrypted',
  'somebody of another line is brought in',
  'a ghost is invited elsewhere',
  'a ghost is taken out of use',
  'all staff leave',
  'a colleague is taken out of use',
  '@gatehouse is kicked',
  'a portal is deleted',
] as const;
export type SceneName = (typeof sceneNames)[number];

export const scenes: Readonly<Record<SceneName, Scene>> = {
  'a ghost is kicked': {
    befall: ({ homeserver }, { portal }) => now(() => homeserver.membership(portal, annsGhost, 'leave', admin)),
    texts: ['Still there?'],
  },
  'a ghost is banned': {
    befall: ({ homeserver }, { portal }) => now(() => homeserver.membership(portal, annsGhost, 'ban', admin)),
    texts: ['Still there?'],
  },
  'a portal is upgraded': {
    befall: async (house, { portal }) => {
      const { homeserver } = house;
      homeserver.membership(portal, alice, 'join');
      const next = await upgrade(house, portal, { invite: [homeserver.gatehouse, alice] });
      homeserver.membership(next, alice, 'join');
      homeserver.write(alice, next, text('Yes!'));
    },
    texts: ['one', 'two'],
  },
  'a portal is upgraded without power for us, and we are not invited': {
    befall: (house, { portal }) => upgrade(house, portal, { invite: [alice], power: false }),
    equip: (homeserver) => {
      homeserver.takeCharge = ({ user, room }) => {
        homeserver.powerless.delete(`${room} ${user}`);
        const inside = homeserver.rooms.get(room)?.members.get(user) === 'join';
        if (!inside) homeserver.membership(room, user, 'invite', alice);
        homeserver.done();
        return Promise.resolve({ ok: true, value: undefined });
      };
    },
    texts: ['one'],
  },
  'a portal is upgraded to an encrypted room': {
    befall: async (house, { portal }) => {
      const next = await upgrade(house, portal, { state: { 'm.room.encryption': encrypted } });
      house.homeserver.membership(next, alice, 'join');
      house.homeserver.write(alice, next, text('does this arrive?'));
    },
    texts: ['one'],
  },
  'a desk is upgraded': {
    befall: (house, { office }) => {
      const { gatehouse, compliance } = house.homeserver;
      return upgrade(house, office, { invite: [gatehouse, compliance, admin] });
    },
  },
  'a space is upgraded': {
    befall: async (house) => {
      const made = (await house.entries('room.made')).find((entry) => entry.body.use.kind === 'space');
      if (made !== undefined) await upgrade(house, made.body.room);
    },
    texts: ['one'],
  },
  'a portal is opened to all': {
    befall: ({ homeserver }, { portal }) =>
      now(() => homeserver.change(admin, portal, { type: 'm.room.join_rules', content: { join_rule: 'public' } })),
  },
  'a portal is encrypted': {
    befall: ({ homeserver }, { portal }) =>
      now(() => homeserver.change(admin, portal, { type: 'm.room.encryption', content: encrypted })),
    texts: ['one'],
  },
  'somebody of another line is brought in': {
    befall: ({ homeserver }, { portal }) =>
      now(() => {
        homeserver.membership(portal, stranger, 'invite', bob);
        homeserver.membership(portal, stranger, 'join');
      }),
  },
  'a ghost is invited elsewhere': {
    befall: async (house) => {
      await ourRoom(house, { kind: 'staff', user: alice }, [alice]);
      const made = { name: 'own', invite: [annsGhost], creationContent: {}, initialState: [] };
      await house.homeserver.createRoom({ as: alice, ...made });
    },
  },
  'a ghost is taken out of use': {
    befall: ({ homeserver }) => now(() => homeserver.refused.set(annsGhost, 'M_USER_DEACTIVATED')),
    texts: ['one', 'two'],
  },
  'all staff leave': {
    befall: ({ homeserver }, { portal }) =>
      now(() => {
        for (const who of [alice, bob]) homeserver.membership(portal, who, 'leave');
      }),
    texts: ['one', 'two'],
  },
  'a colleague is taken out of use': {
    befall: ({ homeserver }, { portal }) =>
      now(() => {
        homeserver.deleteRoom(portal);
      }),
    equip: (homeserver) => {
      homeserver.account = (who) => Promise.resolve({ ok: true, value: who === bob ? 'away' : 'active' });
    },
    texts: ['one'],
  },
  '@gatehouse is kicked': {
    befall: ({ homeserver }, { portal }) =>
      now(() => homeserver.membership(portal, homeserver.gatehouse, 'leave', admin)),
    texts: ['one'],
  },
  'a portal is deleted': {
    befall: ({ homeserver }, { portal }) =>
      now(() => {
        homeserver.deleteRoom(portal);
      }),
    texts: ['one', 'two'],
  },
};

function now(act: () => unknown): Promise<unknown> {
  return Promise.resolve(act());
}
