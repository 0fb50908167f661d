/** Whom and what `from: to: user: in: line: network: contact:` mean in the records: staff, contacts, lines, rooms. */
import { ghostUserId, isPhone } from '../../core/address.ts';
import type { Direction } from '../../core/entry.ts';
import { parseAddress, parseRoomId, parseUserId, type ContactId } from '../../core/ids.ts';
import type { Line } from '../../core/line.ts';
import type { Constraint, FieldResolver } from '../../journal/search/field-resolver.ts';
import type { Views } from '../../journal/journal.ts';
import { addressesOf, contactByAddress, contactsByName } from '../contacts/contact-store.ts';
import { roomsCalled } from '../portals/room-name-store.ts';
import { portalsOf } from '../portals/portal-store.ts';

export interface ResolverDeps {
  readonly views: Views;
  readonly lines: readonly Line[];
  readonly domain: string;
}

export function createQueryResolver(deps: ResolverDeps): FieldResolver {
  return {
    resolve: async (field, value) => {
      switch (field) {
        case 'line':
          return linesCalled(value, deps.lines).map((line) => ({ line: line.id }));
        case 'network':
          return deps.lines.filter((line) => line.network === value.toLowerCase()).map((line) => ({ line: line.id }));
        case 'in':
          return placesCalled(value, deps);
        case 'contact':
          return (await contactsCalled(value, deps)).map((contact) => ({ contact }));
        case 'user':
          return [...(await ofContacts(value, undefined, deps)), ...staffCalled(value, deps.domain)];
        case 'from':
          return [...(await ofContacts(value, 'inbound', deps)), ...staffCalled(value, deps.domain)];
        // Cases are not the bridge's: they stand for what their holds cover.
        case 'case':
          return [];
        case 'to':
          return [
            ...(await ofContacts(value, 'outbound', deps)),
            ...linesCalled(value, deps.lines).map((line) => ({ line: line.id, direction: 'inbound' as const })),
          ];
      }
    },
  };
}

function linesCalled(value: string, lines: readonly Line[]): readonly Line[] {
  const wanted = value.toLowerCase();
  return lines.filter((line) => [line.id, line.name.toLowerCase(), line.address].some((name) => name === wanted));
}

/** `@alice`, `alice` or a whole user id; a name without a server is one of ours. */
function staffCalled(value: string, domain: string): readonly Constraint[] {
  if (isPhoneText(value)) return [];
  const name = value.startsWith('@') ? value.toLowerCase() : `@${value.toLowerCase()}`;
  const user = parseUserId(name.includes(':') ? name : `${name}:${domain}`);
  return user.ok ? [{ actor: user.value }] : [];
}

function isPhoneText(value: string): boolean {
  const address = parseAddress(value);
  return address.ok && isPhone(address.value);
}

/** By number on any of our networks, or by exact name. */
export async function contactsCalled(
  value: string,
  deps: Pick<ResolverDeps, 'views' | 'lines'>,
): Promise<readonly ContactId[]> {
  const { views, lines } = deps;
  const address = parseAddress(value);
  return views.read(async (reading) => {
    const found = new Set(await contactsByName(reading, views.sealer, value));
    for (const network of address.ok ? new Set(lines.map((line) => line.network)) : []) {
      if (!address.ok) break;
      const contact = await contactByAddress(reading, views.sealer, { network, address: address.value });
      if (contact !== undefined) found.add(contact);
    }
    return [...found];
  });
}

/** A contact's first message is recorded before the contact exists, so it is also looked for by its sender. */
async function ofContacts(
  value: string,
  direction: Direction | undefined,
  deps: ResolverDeps,
): Promise<readonly Constraint[]> {
  const way = direction === undefined ? {} : { direction };
  const found: Constraint[] = [];
  for (const contact of await contactsCalled(value, deps)) {
    found.push({ contact, ...way });
    if (direction !== 'outbound') found.push(...(await ghostsOf(contact, deps)).map((actor) => ({ actor })));
  }
  return found;
}

async function ghostsOf(contact: ContactId, deps: ResolverDeps): Promise<readonly string[]> {
  const addresses = await deps.views.read((reading) => addressesOf(reading, deps.views.sealer, contact));
  return addresses.map(({ network, address }) => ghostUserId(network, address, deps.domain));
}

/** A room by its id, its name or its address; a line's chats, or those with a contact. */
async function placesCalled(value: string, deps: ResolverDeps): Promise<readonly Constraint[]> {
  const room = parseRoomId(value);
  if (room.ok) return [{ room: room.value }];
  const lines = linesCalled(value, deps.lines).map((line) => ({ line: line.id }));
  const contacts = await contactsCalled(value, deps);
  const { views } = deps;
  const portals = await views.read((reading) => Promise.all(contacts.map((one) => portalsOf(reading, one))));
  const rooms = await views.read((reading) => roomsCalled(reading, views.sealer, value));
  return [...lines, ...portals.flat().map(({ portal }) => ({ portal })), ...rooms.map((called) => ({ room: called }))];
}
