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

import { sourceOf } from '../../core/shown-source.ts';
import { epochAt } from '../../journal/log/epochs.ts';
import type { Placed, Placing } from '../../journal/projection.ts';
import type { Reading } from '../../storage/database.ts';
import type { Sealer } from '../../storage/sealer.ts';
import { contactByAddress } from '../contacts/contact-store.ts';
import { messageAt } from './message-store.ts';
import { isOurUser, kindOfUser } from '../people/our-users.ts';
import { outboundForm } from './outbound-form.ts';
import { placeOfAddress, placeOfPortal, placeOfRoom, type PortalPlace } from '../portals/portal-store.ts';
import { sentAs } from './provider-id-store.ts';
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

/** An event of ours that shows an entry of the same portal; anyone can write the key, so the sender decides. */
async function echoOf(draft: DraftOf<'matrix.event'>, place: PortalPlace, reading: Reading): Promise<Placed> {
  const source = sourceOf(draft.body.content);
  if (!source?.part.startsWith('text')) return {};
  // Before a restore another message had this position: what showed that one is no echo of ours.
  if (source.epoch !== (await epochAt(source.position, reading))) return {};
  const shown = await messageAt(reading, source.position);
  return shown?.portal === place.portal ? { echoOf: shown.position } : {};
}

/** What colleagues say among themselves in a portal (notes, commands, reactions) never goes outside. */
function directionInPortal(event: MatrixEvent, kind: ReturnType<typeof kindOfUser>): Direction {
  switch (kind) {
    case 'ghost':
      return 'inbound';
    case 'bot':
      return 'internal';
    case 'local':
      return outboundForm(event).is === 'nothing' ? 'internal' : 'outbound';
    case 'foreign':
      return 'external';
  }
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
    const direction = directionInPortal(draft.body, kind);
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

/** The sender is the ghost-to-be of the address: the same person before and after the contact exists. */
/** What placing reads, and the position that the entry gets. */
interface At {
  readonly position: Position;
  readonly reading: Reading;
  readonly sealer: Sealer;
}

/** The portal of (line, address): the one that is there, or the one that the projections make of this very entry. */
async function ofAddress(line: LineId, given: { network: NetworkId; address: Address }, at: At): Promise<Placed> {
  const { position, reading, sealer } = at;
  const place = await placeOfAddress(reading, sealer, { line, ...given });
  if (place !== undefined) return ofPortal(reading, place.portal);
  const contact = (await contactByAddress(reading, sealer, given)) ?? contactIdAt(position);
  return { line, contact, portal: portalIdAt(position) };
}

async function ofNetworkMessage(draft: DraftOf<'network.message'>, domain: string, at: At): Promise<Placed> {
  const { network, from } = draft.body;
  const sender = { actor: ghostUserId(network, from, domain), direction: 'inbound' as const };
  if (draft.line === undefined) return sender;
  return { ...(await ofAddress(draft.line, { network, address: from }, at)), ...sender };
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

/** The bridge's placing: a pure function of the draft and the projections. */
export function createPlacing(domain: string): Placing {
  return (draft: Draft, position: Position, reading: Reading, sealer: Sealer): Promise<Placed> => {
    switch (draft.kind) {
      case 'matrix.event':
        return ofEvent(draft, reading, domain);
      case 'network.message':
        return ofNetworkMessage(draft, domain, { position, reading, sealer });
      case 'network.receipt':
        return ofReceipt(draft, reading, sealer);
      case 'portal.wanted':
        return ofWanted(draft, { position, reading, sealer });
      // They say themselves where they belong: beside the event that names the file.
      case 'file.stored':
      case 'file.missing':
        return Promise.resolve({});
      default:
        return ofReference(draft, reading);
    }
  };
}
