/** Persons' requests, joined to who people are: what they ask for is done by tasks, and officers speak through acts. */
import { addressesOf, nameOf } from '../bridge/contacts/contact-store.ts';
import { contactsCalled } from '../bridge/messages/query-resolver.ts';
import { kindOfUser } from '../bridge/people/our-users.ts';
import { otherRoomsOf } from '../bridge/portals/room-lineage-store.ts';
import { placeOfPortal, portalsOf } from '../bridge/portals/portal-store.ts';
import type { Config } from '../config/config.ts';
import { ghostUserId } from '../core/address.ts';
import { parseUserId, type ContactId, type RoomId } from '../core/ids.ts';
import type { DsarWants } from '../core/person-entries.ts';
import type { OpenJournal } from '../journal/open-journal.ts';
import type { WriterPart } from '../journal/projection.ts';
import { PersonActs } from '../retention/person/acts.ts';
import { personEraseTask, type PersonEraseDeps } from '../retention/person/erase-task.ts';
import { lookTask } from '../retention/person/look-task.ts';
import type { PeopleKnown, PersonNamed } from '../retention/person/people.ts';
import type { PersonPorts } from '../retention/person/person.ts';
import { DSAR_ERASE, DSAR_LOOK, personWriterPart } from '../retention/person/projections.ts';
import type { Reading } from '../storage/database.ts';
import type { TaskHandlers } from '../tasks/task.ts';
import { keepingDeps } from './retention-holds.ts';
import type { AppSetting } from './setting.ts';

/** What a desk names so that one officer alone can't have it done. */
const FOUR_EYES: readonly (readonly [act: string, wants: DsarWants])[] = [
  ['export', 'access'],
  ['erase', 'erase'],
];

export function personPart(): WriterPart {
  return personWriterPart(keepingDeps);
}

export function personActs({ config, journal, clock }: Pick<AppSetting, 'config' | 'journal' | 'clock'>): PersonActs {
  const acts = new Set(config.desks.flatMap(({ fourEyes }) => fourEyes));
  return new PersonActs({
    ...{ journal, clock, people: peopleKnown(config, journal), ...personPorts(config.homeserver.domain) },
    fourEyes: new Set(FOUR_EYES.flatMap(([act, wants]) => (acts.has(act) ? [wants] : []))),
  });
}

type Handled = Omit<PersonEraseDeps, keyof PersonPorts | 'marks'>;

export function personHandlers(config: Pick<Config, 'homeserver'>, given: Handled): TaskHandlers {
  const deps: PersonEraseDeps = { ...given, ...personPorts(config.homeserver.domain), marks: keepingDeps.marks };
  return new Map([
    [DSAR_LOOK, { run: lookTask(deps) }],
    [DSAR_ERASE, { run: personEraseTask(deps) }],
  ]);
}

/** `domain` is the homeserver's. */
export function personPorts(domain: string): PersonPorts {
  return {
    ghostsOf: async (contact, reading, sealer) =>
      (await addressesOf(reading, sealer, contact)).map(({ network, address }) =>
        ghostUserId(network, address, domain),
      ),
    roomsOf,
    receiptOf: keepingDeps.receiptOf,
  };
}

/** The room that a tombstone names is the portal's only once it moved there. */
async function roomsOf(contact: ContactId, reading: Reading): Promise<readonly RoomId[]> {
  const rooms: RoomId[] = [];
  for (const { portal } of await portalsOf(reading, contact)) {
    const room = (await placeOfPortal(reading, portal))?.room;
    if (room !== undefined) rooms.push(room);
    const others = await otherRoomsOf(reading, portal);
    rooms.push(...others.filter(({ state }) => state !== 'next').map((other) => other.room));
  }
  return rooms;
}

function peopleKnown({ lines, homeserver }: Config, { views }: Pick<OpenJournal, 'views'>): PeopleKnown {
  const { domain } = homeserver;
  return {
    called: (name) => contactsCalled(name, { views, lines }),
    named: (contact) =>
      views.read(async (reading): Promise<PersonNamed> => {
        const name = await nameOf(reading, views.sealer, contact);
        const addresses = await addressesOf(reading, views.sealer, contact);
        return { contact, ...(name === undefined ? {} : { name }), addresses };
      }),
    staff: (name) => {
      const user = parseUserId((name.includes(':') ? name : `${name}:${domain}`).toLowerCase());
      const kind = user.ok ? kindOfUser(user.value, domain) : 'bot';
      return user.ok && (kind === 'local' || kind === 'foreign') ? user.value : undefined;
    },
  };
}
