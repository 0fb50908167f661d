/** The people outside and their addresses. Names and addresses are sealed; addresses are found by a keyed hash. */
import { z } from 'zod';
import { isPhone } from '../../core/address.ts';
import type { Entry, EntryOf } from '../../core/entry.ts';
import {
  contactIdAt,
  must,
  parseAddress,
  parseContactId,
  type Address,
  type ContactId,
  type NetworkId,
  type Position,
} from '../../core/ids.ts';
import { endsOf, type Group, type NetworkMessage } from '../../core/network-entries.ts';
import { namedBy } from '../../journal/named.ts';
import type { Left, Projection } from '../../journal/projection.ts';
import type { Reading, Writing } from '../../storage/database.ts';
import type { Sealer } from '../../storage/sealer.ts';
import { statement } from '../../storage/statement.ts';
import { types } from '../../storage/types.ts';
import { column } from '../columns.ts';
import { formatPhone } from './format-phone.ts';

const ADDRESS = 'contact_address.address';
const NAME = 'contact.name';

const contactRow = z.object({ id: column.contact, name: column.bytes.nullable(), named_by: z.string() });
const addressRow = z.object({ network: column.network, address: column.bytes, contact: column.contact });

const contactById = statement<{ id: string }, z.infer<typeof contactRow>>(
  (db, p) => db.selectFrom('contact').select(['id', 'name', 'named_by']).where('id', '=', p('id')),
  (row) => contactRow.parse(row),
);
const byLookup = statement<{ network: string; lookup: string }, z.infer<typeof addressRow>>(
  (db, p) =>
    db
      .selectFrom('contact_address')
      .select(['network', 'address', 'contact'])
      .where('network', '=', p('network'))
      .where('lookup', '=', p('lookup')),
  (row) => addressRow.parse(row),
);
const byContact = statement<{ contact: string }, z.infer<typeof addressRow>>(
  (db, p) =>
    db
      .selectFrom('contact_address')
      .select(['network', 'address', 'contact'])
      .where('contact', '=', p('contact'))
      .orderBy('created')
      .orderBy('lookup'),
  (row) => addressRow.parse(row),
);
const byName = statement<{ lookup: string }, z.infer<typeof contactRow>>(
  (db, p) =>
    db
      .selectFrom('contact')
      .select(['id', 'name', 'named_by'])
      .where('name_lookup', '=', p('lookup'))
      .orderBy('created')
      .limit(100),
  (row) => contactRow.parse(row),
);
const insertContact = statement<{ id: string; created: number }>((db, p) =>
  db.insertInto('contact').values({ id: p('id'), name: null, name_lookup: null, named_by: '', created: p('created') }),
);
const insertAddress = statement<{
  network: string;
  lookup: string;
  address: Uint8Array;
  contact: string;
  created: number;
}>((db, p) =>
  db.insertInto('contact_address').values({
    network: p('network'),
    lookup: p('lookup'),
    address: p('address'),
    contact: p('contact'),
    created: p('created'),
  }),
);
const setName = statement<{ id: string; name: Uint8Array; lookup: string; by: string }>((db, p) =>
  db
    .updateTable('contact')
    .set({ name: p('name'), name_lookup: p('lookup'), named_by: p('by') })
    .where('id', '=', p('id')),
);
const clearName = statement<{ id: string }>((db, p) =>
  db.updateTable('contact').set({ name: null, name_lookup: null, named_by: '' }).where('id', '=', p('id')),
);
const dropContact = statement<{ id: string }>((db, p) => db.deleteFrom('contact').where('id', '=', p('id')));
const dropAddresses = statement<{ contact: string }>((db, p) =>
  db.deleteFrom('contact_address').where('contact', '=', p('contact')),
);

/** The contact behind an address, if it ever wrote or was written to. */
export async function contactByAddress(
  reading: Reading,
  sealer: Sealer,
  at: { readonly network: NetworkId; readonly address: Address },
): Promise<ContactId | undefined> {
  const row = await reading.get(byLookup, { network: at.network, lookup: sealer.lookup(ADDRESS, at.address) });
  return row?.contact;
}

export async function addressesOf(
  reading: Reading,
  sealer: Sealer,
  contact: ContactId,
): Promise<readonly { readonly network: NetworkId; readonly address: Address }[]> {
  const rows = await reading.all(byContact, { contact });
  return rows.map((row) => ({
    network: row.network,
    address: must(parseAddress(sealer.open(ADDRESS, row.address))),
  }));
}

/** The name that a person or the network gave; undefined where only an address is known. */
export async function nameOf(reading: Reading, sealer: Sealer, contact: ContactId): Promise<string | undefined> {
  const row = await reading.get(contactById, { id: contact });
  return row?.name == null ? undefined : sealer.open(NAME, row.name);
}

/** What people read: the contact's name, else the number as people write it. */
export async function shownName(
  reading: Reading,
  sealer: Sealer,
  who: { readonly contact: ContactId; readonly address: Address },
): Promise<string> {
  return (await nameOf(reading, sealer, who.contact)) ?? shownAddress(who.address);
}

export function shownAddress(address: Address): string {
  return isPhone(address) ? formatPhone(address) : address;
}

/** Contacts of exactly this name, in any case; at most 100. */
export async function contactsByName(reading: Reading, sealer: Sealer, name: string): Promise<readonly ContactId[]> {
  const rows = await reading.all(byName, { lookup: sealer.lookup(NAME, folded(name)) });
  return rows.map((row) => row.id);
}

function folded(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}

async function ensureContact(
  entry: { readonly position: Position },
  who: { readonly network: NetworkId; readonly address: Address },
  writing: Writing,
  sealer: Sealer,
): Promise<ContactId> {
  const known = await contactByAddress(writing, sealer, who);
  if (known !== undefined) return known;
  const id = contactIdAt(entry.position);
  await writing.run(insertContact, { id, created: entry.position });
  await writing.run(insertAddress, {
    network: who.network,
    lookup: sealer.lookup(ADDRESS, who.address),
    address: sealer.seal(ADDRESS, who.address),
    contact: id,
    created: entry.position,
  });
  return id;
}

async function rename(
  given: { readonly contact: ContactId; readonly name: string; readonly by: 'staff' | 'network' },
  writing: Writing,
  sealer: Sealer,
): Promise<void> {
  const now = await writing.get(contactById, { id: given.contact });
  if (now === undefined || (given.by === 'network' && now.named_by === 'staff')) return;
  await writing.run(setName, {
    id: given.contact,
    name: sealer.seal(NAME, given.name),
    lookup: sealer.lookup(NAME, folded(given.name)),
    by: given.by,
  });
}

async function apply(entry: Entry, writing: Writing, sealer: Sealer): Promise<void> {
  if (entry.kind === 'network.message') {
    const { network } = entry.body;
    const contact = await ensureContact(entry, { network, address: endsOf(entry.body).chat }, writing, sealer);
    const name = nameGivenBy(entry.body);
    if (name !== undefined) await rename({ contact, name, by: 'network' }, writing, sealer);
  } else if (entry.kind === 'network.chat') {
    await onChat(entry, writing, sealer);
  } else if (entry.kind === 'portal.wanted') {
    await ensureContact(entry, entry.body, writing, sealer);
  } else if (entry.kind === 'contact.changed') {
    await rename({ contact: entry.body.contact, name: entry.body.name, by: 'staff' }, writing, sealer);
  }
}

/** What the network calls the contact in this record. */
function nameIn(entry: Entry): string | undefined {
  if (entry.kind === 'network.chat') return entry.body.name;
  return entry.kind === 'network.message' ? nameGivenBy(entry.body) : undefined;
}

/** The group, or the person who wrote. */
function nameGivenBy({ group, own, fromName }: NetworkMessage): string | undefined {
  if (group === undefined) return own === true ? undefined : fromName;
  return group.name ?? membersTitle(group.members ?? []);
}

const MEMBERS_NAMED = 3;

/** A group that has no name is called after who is in it. */
function membersTitle(members: NonNullable<Group['members']>): string | undefined {
  const names = members.map(({ name, address }) => name ?? (isPhone(address) ? formatPhone(address) : address));
  if (names.length === 0) return undefined;
  const more = names.length > MEMBERS_NAMED ? ` and ${names.length - MEMBERS_NAMED} more` : '';
  return `Group: ${names.slice(0, MEMBERS_NAMED).join(', ')}${more}`;
}

/** The address that the chat moves to is the same contact's, unless somebody has it already. */
async function onChat({ body, position }: EntryOf<'network.chat'>, writing: Writing, sealer: Sealer): Promise<void> {
  const { network, chat, movedTo, name } = body;
  const contact = await contactByAddress(writing, sealer, { network, address: chat });
  if (contact === undefined) return;
  if (name !== undefined) await rename({ contact, name, by: 'network' }, writing, sealer);
  if (movedTo === undefined) return;
  if ((await contactByAddress(writing, sealer, { network, address: movedTo })) !== undefined) return;
  const [lookup, address] = [sealer.lookup(ADDRESS, movedTo), sealer.seal(ADDRESS, movedTo)];
  await writing.run(insertAddress, { network, lookup, address, contact, created: position });
}

/** Who is named by nothing that is left is forgotten; of the others, a name that only this record gave. */
async function forget(entry: Entry, writing: Writing, left: Left): Promise<void> {
  for (const contact of await contactsIn(entry, writing, left.sealer)) {
    if (await isLeft(contact, entry, left)) {
      if (nameIn(entry) !== undefined) await renew(contact, writing, left);
      continue;
    }
    await writing.run(dropContact, { id: contact });
    await writing.run(dropAddresses, { contact });
  }
}

/** A message on no line of ours names no contact by itself. */
async function contactsIn(entry: Entry, reading: Reading, sealer: Sealer): Promise<readonly ContactId[]> {
  const named = namedBy(entry, 'contact').map((contact) => must(parseContactId(contact)));
  if (named.length > 0 || entry.kind !== 'network.message') return named;
  const { network } = entry.body;
  const known = await contactByAddress(reading, sealer, { network, address: endsOf(entry.body).chat });
  return known === undefined ? [] : [known];
}

/** Of a group the writer is one member: what they wrote elsewhere says nothing of the group. */
async function isLeft(contact: ContactId, entry: Entry, left: Left): Promise<boolean> {
  if (await left.names('contact', contact)) return true;
  if (entry.kind !== 'network.message' || entry.body.group !== undefined) return false;
  return entry.actor !== undefined && left.names('actor', entry.actor);
}

/** The newest name that the network gave in what is left. */
async function renew(contact: ContactId, writing: Writing, left: Left): Promise<void> {
  const now = await writing.get(contactById, { id: contact });
  if (now?.named_by !== 'network') return;
  const name = (await left.newestOf(contact)).map(nameIn).find((said) => said !== undefined);
  if (name === undefined) await writing.run(clearName, { id: contact });
  else await rename({ contact, name, by: 'network' }, writing, left.sealer);
}

export const contactsProjection: Projection = {
  name: 'contacts',
  tables: ['contact', 'contact_address'],
  schema: (dialect) => {
    const t = types(dialect);
    return [
      `create table if not exists contact (id ${t.text} primary key, name ${t.bytes}, name_lookup ${t.text}, named_by ${t.text} not null, created ${t.int} not null)${t.strict}`,
      'create index if not exists contact_by_name on contact (name_lookup)',
      `create table if not exists contact_address (network ${t.text} not null, lookup ${t.text} not null, address ${t.bytes} not null, contact ${t.text} not null, created ${t.int} not null, primary key (network, lookup))${t.strict}`,
      'create index if not exists contact_address_by_contact on contact_address (contact)',
    ];
  },
  apply,
  forget,
  carried: [
    { table: 'contact', column: 'id', of: 'contact' },
    { table: 'contact_address', column: 'contact', of: 'contact' },
  ],
};
