/**
 * Who gets the answer in a group: said under its first message, and what changed of it under the message that shows the
 * change. Part of showing that message, so that whoever shows it again looks whether this was said.
 */
import { isPhone, networkName } from '../../core/address.ts';
import type { EntryOf } from '../../core/entry.ts';
import type { Position, RoomId } from '../../core/ids.ts';
import type { Group } from '../../core/network-entries.ts';
import type { Done } from '../../core/ports/homeserver.ts';
import { ok } from '../../core/result.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { formatPhone } from '../contacts/format-phone.ts';
import { membersSaid } from '../portals/group-members-store.ts';
import type { Portal } from '../portals/portal-store.ts';
import { cleanName } from '../portals/shown-name.ts';
import { tell } from '../tell.ts';

const MOST_NAMED = 12;

type Members = NonNullable<Group['members']>;

export async function tellGroup(
  { entry, portal, room }: { entry: EntryOf<'network.message'>; portal: Portal; room: RoomId },
  look: boolean,
  deps: BridgeDeps,
): Done<unknown> {
  const text = await wordsOf(entry, portal, deps.journal);
  if (text === undefined) return ok(undefined);
  return tell({ room, text, mention: [], source: entry.position, part: 'group', look }, deps);
}

async function wordsOf(
  { position, body: { group, network } }: EntryOf<'network.message'>,
  portal: Portal,
  journal: BridgeDeps['journal'],
): Promise<string | undefined> {
  if (group === undefined) return undefined;
  const members = group.members ?? [];
  const all = `This is a group on ${networkName(network)}. What you write here goes to ${everybody(members)}.`;
  if (portal.created === position) return all;
  const said = await journal.views.read((reading) => membersSaid(reading, { portal: portal.portal, position }));
  if (said === 'nothing-new') return undefined;
  const before = said === 'first' ? undefined : await membersAt(said.others, journal);
  return before === undefined ? all : changed(before, members);
}

async function membersAt(position: Position, journal: BridgeDeps['journal']): Promise<Members | undefined> {
  const entry = await journal.read(position);
  if (entry === undefined || 'erased' in entry || entry.kind !== 'network.message') return undefined;
  return entry.body.group?.members;
}

function changed(before: Members, now: Members): string {
  const come = without(now, before);
  const gone = without(before, now);
  return [
    ...(come.length === 0 ? [] : [`${named(come)} ${come.length === 1 ? 'is' : 'are'} in this group now.`]),
    ...(gone.length === 0 ? [] : [`${named(gone)} ${gone.length === 1 ? 'is' : 'are'} no longer in this group.`]),
  ].join(' ');
}

function without(members: Members, others: Members): Members {
  const known = new Set(others.map(({ address }) => address));
  return members.filter(({ address }) => !known.has(address));
}

function everybody(members: Members): string {
  return members.length === 0 ? 'everybody in it' : named(members);
}

function named(members: Members): string {
  const names = members.map(
    ({ name, address }) => cleanName(name) ?? (isPhone(address) ? formatPhone(address) : address),
  );
  const others = names.length - MOST_NAMED;
  const shown = names.slice(0, MOST_NAMED).join(', ');
  if (others <= 0) return shown;
  return `${shown} and ${String(others)} ${others === 1 ? 'other' : 'others'}`;
}
