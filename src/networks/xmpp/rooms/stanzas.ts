/** What is written to rooms and read of their presence: XEP-0045. */
import { caps } from '../answers.ts';
import { ns } from '../namespaces.ts';
import { childOf, childrenOf, textOf, xml, type XmlElement } from '../xml/element.ts';
import type { Room } from './room.ts';

/** How far the room's clock may be behind ours; what comes again by it has a known id. */
const skewMs = 60_000;
/** Rooms have limits of their own, and mean less by saying nothing. */
const mostHistory = '1000';

export interface RoomPresence {
  readonly codes: readonly string[];
  /** The person's own address, where the room shows it. */
  readonly real?: string;
  readonly newNick?: string;
  readonly reason?: string;
  readonly destroyed: boolean;
}

/** 7.2: with what was written since we were last there, or nothing of what was before our time. */
export function joinStanza(room: Room, from: string): XmlElement {
  const { password, room: to } = room.wish;
  const { seen } = room;
  const since = seen === undefined ? undefined : `${new Date(Math.max(0, seen - skewMs)).toISOString().slice(0, 19)}Z`;
  const history = xml(ns.muc, 'history', { since, maxstanzas: since === undefined ? '0' : mostHistory });
  const secret = password === undefined ? [] : [xml(ns.muc, 'password', {}, [password])];
  return xml(ns.component, 'presence', { from, to: `${to}/${room.nick}` }, [
    xml(ns.muc, 'x', {}, [history, ...secret]),
    caps,
  ]);
}

export function leaveStanza(room: Room, from: string): XmlElement {
  return xml(ns.component, 'presence', { from, to: `${room.wish.room}/${room.nick}`, type: 'unavailable' });
}

/** 10.1.2: a room that did not exist is opened as it is. */
export const instantRoom = xml(ns.mucOwner, 'query', {}, [xml(ns.dataForms, 'x', { type: 'submit' })]);

export function readRoomPresence(stanza: XmlElement): RoomPresence {
  const x = childOf(stanza, ns.mucUser, 'x');
  const codes = x === undefined ? [] : childrenOf(x, ns.mucUser, 'status').map((one) => one.attrs['code'] ?? '');
  const item = x === undefined ? undefined : childOf(x, ns.mucUser, 'item');
  const reason = item === undefined ? '' : textOf(childOf(item, ns.mucUser, 'reason'));
  return {
    codes,
    destroyed: x !== undefined && childOf(x, ns.mucUser, 'destroy') !== undefined,
    ...(item?.attrs['jid'] === undefined ? {} : { real: item.attrs['jid'] }),
    ...(item?.attrs['nick'] === undefined ? {} : { newNick: item.attrs['nick'] }),
    ...(reason === '' ? {} : { reason: reason.slice(0, 300) }),
  };
}
