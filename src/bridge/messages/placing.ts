/** Where an entry belongs: what the projections know of its room, its addresses, or the message it is about. */
import { ghostUserId } from '../../core/address.ts';
import type { Draft, Direction, DraftOf, MatrixEvent } from '../../core/entry.ts';
import {
  contactIdAt,
  portalIdAt,
  type Address,
  type LineId,
  type NetworkId,
  type PortalId,
  type Position,
} from '../../core/ids.ts';

import { endsOf, type Ends, type NetworkMessage } from '../../core/network-entries.ts';
import { sourceOf } from '../../core/shown-source.ts';
import { epochAt } from '../../journal/log/epochs.ts';
import type { Placed, Placing } from '../../journal/projection.ts';
import type { Reading } from '../../storage/database.ts';
import type { Sealer } from '../../storage/sealer.ts';
import { contactByAddress } from '../contacts/contact-store.ts';
import { messageAt, messageByEvent } from './message-store.ts';
import { isOurUser, kindOfUser } from '../people/our-users.ts';
import { outboundForm } from './outbound-form.ts';
import { placeOfAddress, placeOfPortal, placeOfRoom, type PortalPlace } from '../portals/portal-store.ts';
import { sentAs } from './provider-id-store.ts';
import { messagesChangedBy } from './remote-message-store.ts';
import { hasOutsiders } from '../portals/room-member-store.ts';
import { madeFor, otherRoom } from '../portals/room-lineage-store.ts';

async function ofPortal(reading: Reading, portal: PortalId | undefined): Promise<Placed> {
  const place = portal === undefined ? undefined : await placeOfPortal(reading, portal);
  if (place === undefined) return {};
  const { room, ...where } = place;
  return room === undefined ? where : { ...where, room };
}

async function ofMessage(reading: Reading, of: Position): Promise<Placed> {
  const message = await messageAt(reading, of);
  if (message === undefined) return {};
  return { ...(await ofPortal(reading, message.portal)), direction: message.direction };
}

/** Parts that are the customer's own: words, and files with or without words. What we say of a file is no echo. */
const SHOWS = /^(?:text|file-\d+$)/u;

/** An event of ours that shows an entry of the same portal; anyone can write the key, so the sender decides. */
async function echoOf(draft: DraftOf<'matrix.event'>, place: PortalPlace, reading: Reading): Promise<Placed> {
  const source = sourceOf(draft.body.content);
  if (source === undefined || !SHOWS.test(source.part)) return {};
  // Before a restore another message had this position: what showed that one is no echo of ours.
  if (source.epoch !== (await epochAt(source.position, reading))) return {};
  const [changed = source.position] = await messagesChangedBy(reading, source.position);
  const shown = await messageAt(reading, changed);
  return shown?.portal === place.portal ? { echoOf: source.position } : {};
}

/** What colleagues say among themselves in a portal (notes, commands, reactions to those) never goes outside. */
async function directionInPortal(
  event: MatrixEvent,
  kind: ReturnType<typeof kindOfUser>,
  reading: Reading,
): Promise<Direction> {
  switch (kind) {
    case 'ghost':
      return 'inbound';
    case 'bot':
      return 'internal';
    case 'local':
      return (await goesOutside(event, reading)) ? 'outbound' : 'internal';
    case 'foreign':
      return 'external';
  }
}

async function goesOutside(event: MatrixEvent, reading: Reading): Promise<boolean> {
  const form = outboundForm(event);
  if (form.is !== 'reaction') return form.is !== 'nothing';
  return (await messageByEvent(reading, event.room_id, form.to)) !== undefined;
}

/**
 * Also of a room that was made for the portal, that it moves to, moved out of or lost: what is written there is meant for
 * it. `closed`: the room was deleted for good.
 */
async function portalOfRoom(
  event: MatrixEvent,
  reading: Reading,
  domain: string,
): Promise<(PortalPlace & { readonly closed: boolean }) | undefined> {
  const now = await placeOfRoom(reading, event.room_id);
  if (now !== undefined) return { ...now, closed: false };
  const other = await otherRoom(reading, event.room_id);
  const of = other?.portal ?? (await madeFor(event, reading, domain));
  const place = of === undefined ? undefined : await placeOfPortal(reading, of);
  if (place === undefined) return undefined;
  const { portal, line, contact, class: klass } = place;
  return { portal, line, contact, class: klass, closed: other?.state === 'closed' };
}

async function ofEvent(draft: DraftOf<'matrix.event'>, reading: Reading, domain: string): Promise<Placed> {
  const { room_id: room, sender } = draft.body;
  const kind = kindOfUser(sender, domain);
  const found = await portalOfRoom(draft.body, reading, domain);
  if (found !== undefined) {
    const { closed, ...place } = found;
    const direction = await directionInPortal(draft.body, kind, reading);
    if (closed) return { room, line: place.line, class: place.class, direction };
    const echo = isOurUser(sender, domain) ? await echoOf(draft, place, reading) : {};
    return { room, ...place, direction, ...echo };
  }
  const outside = kind === 'foreign' || kind === 'ghost' || (await hasOutsiders(reading, room));
  return { room, direction: outside ? 'external' : 'internal' };
}

async function ofReceipt(draft: DraftOf<'network.receipt'>, reading: Reading, sealer: Sealer): Promise<Placed> {
  const { connector, remoteId, matches } = draft.body;
  const sent = await sentAs(reading, sealer, { connector, ids: [remoteId, ...(matches ?? [])] });
  return sent === undefined ? {} : ofMessage(reading, sent.of);
}

/** What placing reads, and the position that the entry gets. */
interface At {
  readonly position: Position;
  readonly reading: Reading;
  readonly sealer: Sealer;
}

/** The portal of (line, address): the one that is there, or the one that the projections make of this very entry. */
async function ofAddress(line: LineId, given: { network: NetworkId; address: Address }, at: At): Promise<Placed> {
  const { position, reading, sealer } = at;
  const place = await placeOfAddress(reading, sealer, { ...given, line });
  if (place !== undefined) return ofPortal(reading, place.portal);
  const contact = (await contactByAddress(reading, sealer, given)) ?? contactIdAt(position);
  return { line, contact, portal: portalIdAt(position) };
}

/** What our own account wrote elsewhere has no user of Matrix for its writer. */
function writtenBy(body: Ends & Pick<NetworkMessage, 'network'>, domain: string): Placed {
  if (body.own === true) return { direction: 'outbound' };
  return { actor: ghostUserId(body.network, body.from, domain), direction: 'inbound' };
}

async function ofNetworkMessage(draft: DraftOf<'network.message'>, domain: string, at: At): Promise<Placed> {
  const { network } = draft.body;
  const by = writtenBy(draft.body, domain);
  if (draft.line === undefined) return by;
  return { ...(await ofAddress(draft.line, { network, address: endsOf(draft.body).chat }, at)), ...by };
}

type Change = DraftOf<'network.edit'> | DraftOf<'network.redaction'> | DraftOf<'network.reaction'>;

/** It makes no chat: what it is about did, or is not on record. */
async function ofChange(draft: Change, domain: string, { reading, sealer }: At): Promise<Placed> {
  const { network } = draft.body;
  const by = writtenBy(draft.body, domain);
  if (draft.line === undefined) return by;
  const address = endsOf(draft.body).chat;
  const place = await placeOfAddress(reading, sealer, { line: draft.line, network, address });
  return { ...(await ofPortal(reading, place?.portal)), ...by };
}

/** `given` may name the line's address by the same word: it is the id that finds the portal. */
async function ofChat(
  line: LineId | undefined,
  given: { readonly network: NetworkId; readonly address: Address },
  { reading, sealer }: At,
): Promise<Placed> {
  const place = line === undefined ? undefined : await placeOfAddress(reading, sealer, { ...given, line });
  return ofPortal(reading, place?.portal);
}

async function ofWanted(draft: DraftOf<'portal.wanted'>, at: At): Promise<Placed> {
  const { line, network, address, by } = draft.body;
  return { direction: 'outbound', actor: by, ...(await ofAddress(line, { network, address }, at)) };
}

/** Entries about a message belong where it does, entries about a portal there. */
function ofReference(draft: Draft, reading: Reading): Promise<Placed> {
  // What it is of is the verdict; the message stands beside it.
  if (draft.kind === 'policy.overridden') {
    return draft.body.message === undefined ? Promise.resolve({}) : ofMessage(reading, draft.body.message);
  }
  // It says itself whom it is about: nothing that is kept of the contact is kept by it.
  if (draft.kind === 'portal.closed' && draft.body.over !== undefined) return Promise.resolve({});
  if (draft.kind === 'contact.changed') return Promise.resolve({ contact: draft.body.contact });
  if ('of' in draft.body) return ofMessage(reading, draft.body.of);
  return 'portal' in draft.body ? ofPortal(reading, draft.body.portal) : Promise.resolve({});
}

function ofNetwork(draft: Draft, domain: string, at: At): Promise<Placed> | undefined {
  switch (draft.kind) {
    case 'network.message':
      return ofNetworkMessage(draft, domain, at);
    case 'network.edit':
    case 'network.redaction':
    case 'network.reaction':
      return ofChange(draft, domain, at);
    case 'network.chat':
      return ofChat(draft.line, { ...draft.body, address: draft.body.chat }, at);
    case 'network.consent':
      return ofChat(draft.line, { ...draft.body, address: draft.body.from }, at);
    case 'network.receipt':
      return ofReceipt(draft, at.reading, at.sealer);
    default:
      return undefined;
  }
}

/** The bridge's placing: a pure function of the draft and the projections. */
export function createPlacing(domain: string): Placing {
  return (draft: Draft, position: Position, reading: Reading, sealer: Sealer): Promise<Placed> => {
    switch (draft.kind) {
      case 'matrix.event':
        return ofEvent(draft, reading, domain);
      case 'portal.wanted':
        return ofWanted(draft, { position, reading, sealer });
      // They say themselves where they belong: beside the event that names the file.
      case 'file.stored':
      case 'file.missing':
        return Promise.resolve({});
      default:
        return ofNetwork(draft, domain, { position, reading, sealer }) ?? ofReference(draft, reading);
    }
  };
}
