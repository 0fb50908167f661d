/** A room's archive (XEP-0313): how it is asked, page by page (XEP-0059), and what it hands out. */
import { bareOf, readJid } from '../jid.ts';
import { ns } from '../namespaces.ts';
import { childOf, childrenOf, elementsOf, textOf, xml, type XmlElement } from '../xml/element.ts';

/** Fewer than the stream has under way, so that a page's end is not held up by the page. */
const pageSize = '50';

/** What is on record already: up to that message, or up to that time. */
export type Since = { readonly after: string } | { readonly start: number };

export function archiveQuery(queryid: string, since: Since): XmlElement {
  const field = (name: string, value: string): XmlElement =>
    xml(ns.dataForms, 'field', { var: name }, [xml(ns.dataForms, 'value', {}, [value])]);
  const fields = [
    field('FORM_TYPE', ns.mam),
    ...('start' in since ? [field('start', new Date(since.start).toISOString())] : []),
  ];
  const after = 'after' in since ? [xml(ns.paging, 'after', {}, [since.after])] : [];
  return xml(ns.mam, 'query', { queryid }, [
    xml(ns.dataForms, 'x', { type: 'submit' }, fields),
    xml(ns.paging, 'set', {}, [xml(ns.paging, 'max', {}, [pageSize]), ...after]),
  ]);
}

/** What a page ends with; undefined for what is no end of one. */
export function readPageEnd(iq: XmlElement): { readonly complete: boolean; readonly last?: string } | undefined {
  const fin = childOf(iq, ns.mam, 'fin');
  if (fin === undefined) return undefined;
  const set = childOf(fin, ns.paging, 'set');
  const last = set === undefined ? '' : textOf(childOf(set, ns.paging, 'last'));
  return { complete: fin.attrs['complete'] === 'true', ...(last === '' ? {} : { last }) };
}

/** Which query a stanza belongs to; undefined for what is nothing out of an archive. */
export function queryOf(stanza: XmlElement): string | undefined {
  return childOf(stanza, ns.mam, 'result')?.attrs['queryid'];
}

/**
 * The message that a result holds, as the room would have told it: with the archive's own id and time, whatever its
 * writer put in their places. Undefined where it is no message of this room.
 */
export function archivedMessage(stanza: XmlElement, room: string): XmlElement | undefined {
  const result = childOf(stanza, ns.mam, 'result');
  const id = result?.attrs['id'] ?? '';
  const forwarded = result === undefined ? undefined : childOf(result, ns.forward, 'forwarded');
  const message = forwarded === undefined ? undefined : elementsOf(forwarded).find(({ name }) => name === 'message');
  if (forwarded === undefined || message === undefined || id === '' || !isOf(message, room)) return undefined;
  const { attrs, children } = inOurs(message);
  const own = children.filter((node) => typeof node === 'string' || !isRooms(node, room));
  const given = xml(ns.sid, 'stanza-id', { by: room, id });
  return xml(ns.component, 'message', { ...attrs, type: 'groupchat' }, [
    ...childrenOf(forwarded, ns.delay, 'delay').slice(0, 1),
    ...own,
    given,
  ]);
}

function isOf({ attrs }: XmlElement, room: string): boolean {
  const from = readJid(attrs['from'] ?? '');
  return from !== undefined && bareOf(from) === room;
}

function isRooms(node: XmlElement, room: string): boolean {
  return node.ns === ns.delay || (node.ns === ns.sid && node.name === 'stanza-id' && node.attrs['by'] === room);
}

/** Archives hold what clients wrote in the clients' namespace; the same on our stream has the component's. */
function inOurs({ name, ns: of, attrs, children }: XmlElement): XmlElement {
  const inner = children.map((node) => (typeof node === 'string' ? node : inOurs(node)));
  return { name, ns: of === ns.client ? ns.component : of, attrs, children: inner };
}
