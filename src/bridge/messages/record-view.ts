/** One record as people read it: who wrote to whom, when, and what. Made when it is shown, never stored. */
import { networkName } from '../../core/address.ts';
import type { Entry, EntryKind, EntryOf, ErasedEntry } from '../../core/entry.ts';
import type { Address, ContactId, LineId, NetworkId, Position, RoomId } from '../../core/ids.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { endsOf as sidesOf } from '../../core/network-entries.ts';
import type { Views } from '../../journal/journal.ts';
import type { Reading } from '../../storage/database.ts';
import type { Sealer } from '../../storage/sealer.ts';
import { addressesOf, nameOf, shownAddress } from '../contacts/contact-store.ts';
import { portalById } from '../portals/portal-store.ts';
import { cleanName } from '../portals/shown-name.ts';
import { personName } from '../rooms/person-name.ts';
import { messageByEvent } from './message-store.ts';
import { outboundForm } from './outbound-form.ts';

/** The shape of DESIGN 11 for search and journal. */
export interface RecordView {
  readonly position: Position;
  readonly kind: EntryKind;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** The network's name: SMS. */
  readonly network: string | undefined;
  readonly line: LineId | undefined;
  readonly room: RoomId | undefined;
  readonly text: string | undefined;
  readonly erased: boolean;
  /** What it is, where it went to nobody: `changed Ann Lee's message in Matrix; not sent`. */
  readonly note?: string;
}
interface Ends {
  readonly note?: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly network?: NetworkId | undefined;
}

/** Never throws for an entry that was erased, or of a kind that has no sender or text. */
export async function recordView(entry: Entry | ErasedEntry, views: Views): Promise<RecordView> {
  const { position, kind } = entry;
  const at = new Date(entry.at).toISOString();
  const none = {
    from: undefined,
    to: undefined,
    network: undefined,
    line: undefined,
    room: undefined,
    text: undefined,
  };
  if ('erased' in entry) return { position, kind, at, ...none, erased: true };
  const ends = await views.read((reading) => endsOf(entry, reading, views.sealer));
  const { line, room } = entry;
  return {
    position,
    kind,
    at,
    from: ends.from,
    to: ends.to,
    network: ends.network === undefined ? undefined : networkName(ends.network),
    line,
    room,
    text: textOf(entry),
    erased: false,
    ...(ends.note === undefined ? {} : { note: ends.note }),
  };
}

async function endsOf(entry: Entry, reading: Reading, sealer: Sealer): Promise<Ends> {
  switch (entry.kind) {
    case 'network.message':
    case 'network.edit':
      return messageEnds(entry, reading, sealer);
    case 'portal.wanted': {
      const { network, address, by } = entry.body;
      const name = await contactName({ contact: entry.contact, network }, reading, sealer);
      return { from: by, to: name ?? shownAddress(address), network };
    }
    case 'network.unsupported':
      return unsupportedEnds(entry.body);
    case 'matrix.event':
      return eventEnds(entry, reading, sealer);
    default:
      return { from: entry.actor };
  }
}

/** Our own account's messages go to the chat; of a group's the member is the writer. */
async function messageEnds(
  entry: EntryOf<'network.message'> | EntryOf<'network.edit'>,
  reading: Reading,
  sealer: Sealer,
): Promise<Ends> {
  const { network, from, to, own, group } = entry.body;
  const name = await contactName({ contact: entry.contact, network }, reading, sealer);
  const chat = name ?? shownAddress(sidesOf(entry.body).chat);
  if (own === true) return { from: shownAddress(from), to: chat, network };
  if (group === undefined) return { from: chat, to: shownAddress(to), network };
  const said = entry.kind === 'network.message' ? cleanName(entry.body.fromName) : undefined;
  return { from: said ?? shownAddress(from), to: chat, network };
}

function unsupportedEnds({ network, from, to }: EntryOf<'network.unsupported'>['body']): Ends {
  const shown = (address: Address | undefined) => (address === undefined ? undefined : shownAddress(address));
  return { from: shown(from), to: shown(to), network };
}

async function eventEnds(entry: EntryOf<'matrix.event'>, reading: Reading, sealer: Sealer): Promise<Ends> {
  const portal = entry.portal === undefined ? undefined : await portalById(reading, sealer, entry.portal);
  const { sender } = entry.body;
  if (portal === undefined) return { from: sender };
  const name = cleanName(portal.name) ?? shownAddress(portal.address);
  if (entry.direction === 'inbound') return { from: name, network: portal.network };
  if (entry.direction !== 'outbound') return { from: sender };
  const note = await editNote(entry, name, reading);
  return note === undefined ? { from: sender, to: name, network: portal.network } : { from: sender, note };
}

/** Of an edit that was never sent, or never can be: whose text it changes, in this room alone. */
async function editNote(entry: EntryOf<'matrix.event'>, name: string, reading: Reading): Promise<string | undefined> {
  const form = outboundForm(entry.body);
  if (form.is !== 'edit') return undefined;
  const target = await messageByEvent(reading, entry.body.room_id, form.of);
  if (target === undefined) return `changed a message in Matrix; not sent`;
  if (target.direction === 'inbound') return `changed what ${name} wrote, in Matrix; not sent`;
  const { sender } = target;
  if (sender !== undefined && sender !== entry.body.sender)
    return `changed what ${personName(sender)} wrote, in Matrix; not sent`;
  const mayGo = target.replacedBy === entry.position || target.attemptedVersion === entry.position;
  return mayGo ? undefined : 'changed it in Matrix; not sent';
}

async function contactName(
  who: { readonly contact: ContactId | undefined; readonly network: NetworkId },
  reading: Reading,
  sealer: Sealer,
): Promise<string | undefined> {
  if (who.contact === undefined) return undefined;
  const name = cleanName(await nameOf(reading, sealer, who.contact));
  if (name !== undefined) return name;
  const addresses = await addressesOf(reading, sealer, who.contact);
  const address = addresses.find((one) => one.network === who.network)?.address;
  return address === undefined ? undefined : shownAddress(address);
}

function textOf(entry: Entry): string | undefined {
  switch (entry.kind) {
    case 'network.message':
    case 'network.edit':
    case 'portal.wanted':
      return entry.body.text;
    case 'network.unsupported':
      return entry.body.what;
    case 'matrix.event':
      return bodyOf(entry.body.content);
    case 'policy.refused': {
      const content = entry.body.event?.['content'];
      return isJsonObject(content) ? bodyOf(content) : undefined;
    }
    default:
      return undefined;
  }
}

/** An edit's text is the new one. */
function bodyOf(content: JsonObject): string | undefined {
  const replaced = content['m.new_content'];
  const body = isJsonObject(replaced) ? replaced['body'] : content['body'];
  return typeof body === 'string' ? body : undefined;
}
