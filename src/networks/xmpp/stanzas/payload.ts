/** What a message stanza carries, by the standards that are spoken here. Pure; it trusts nothing and never throws. */
import { ns } from '../namespaces.ts';
import { childOf, childrenOf, elementsOf, textOf, type XmlElement } from '../xml/element.ts';

export type ChatState = 'active' | 'composing' | 'paused' | 'inactive' | 'gone';
const chatStates: readonly ChatState[] = ['active', 'composing', 'paused', 'inactive', 'gone'];

export interface Reactions {
  readonly id: string;
  readonly keys: readonly string[];
}

export interface Retraction {
  readonly id: string;
  /** A moderator of the room did it (XEP-0425). */
  readonly moderated: boolean;
}

export interface Invitation {
  readonly room: string;
  readonly by: string;
  readonly password?: string;
  readonly reason?: string;
}

/** Reactions on one message by one person; more are cut off. */
const maxReactions = 50;
const longestReaction = 64;

export function idAttr(element: XmlElement | undefined): string | undefined {
  const id = element?.attrs['id'];
  return id === undefined || id === '' ? undefined : id;
}

/** XEP-0308. */
export function replacedBy(stanza: XmlElement): string | undefined {
  return idAttr(childOf(stanza, ns.correct, 'replace'));
}

/** XEP-0424 as it is, and as it was with XEP-0422; XEP-0425 within them. */
export function retractionOf(stanza: XmlElement): Retraction | undefined {
  const now = childOf(stanza, ns.retract, 'retract');
  const id = idAttr(now);
  if (now !== undefined && id !== undefined) {
    return { id, moderated: childOf(now, ns.moderate, 'moderated') !== undefined };
  }
  const applied = childOf(stanza, ns.fasten, 'apply-to');
  const old = idAttr(applied);
  if (applied === undefined || old === undefined) return undefined;
  if (childOf(applied, ns.moderateOld, 'moderated') !== undefined) return { id: old, moderated: true };
  return childOf(applied, ns.retractOld, 'retract') === undefined ? undefined : { id: old, moderated: false };
}

/** What an archive keeps of a message that was taken back (XEP-0424, 5; XEP-0425, 5, as it is and as it was). */
export function isTombstone(stanza: XmlElement): boolean {
  const places = [stanza, childOf(stanza, ns.moderate, 'moderated'), childOf(stanza, ns.moderateOld, 'moderated')];
  const names = [ns.retract, ns.retractOld];
  return places.some((at) => at !== undefined && names.some((of) => childOf(at, of, 'retracted') !== undefined));
}

/** XEP-0444: each once, as text. */
export function reactionsOf(stanza: XmlElement): Reactions | undefined {
  const element = childOf(stanza, ns.reactions, 'reactions');
  const id = idAttr(element);
  if (element === undefined || id === undefined) return undefined;
  const keys = childrenOf(element, ns.reactions, 'reaction').map((one) => textOf(one).trim());
  const proper = keys.filter((key) => key !== '' && key.length <= longestReaction);
  return { id, keys: Array.from(new Set(proper)).slice(0, maxReactions) };
}

export function chatStateOf(stanza: XmlElement): ChatState | undefined {
  const names = new Set(elementsOf(stanza).flatMap((one) => (one.ns === ns.chatStates ? [one.name] : [])));
  return chatStates.find((state) => names.has(state));
}

/** Of which messages of ours it says what: XEP-0184 and XEP-0333. */
export function receiptsOf(stanza: XmlElement): { readonly id: string; readonly state: 'delivered' | 'read' }[] {
  const delivered = [childOf(stanza, ns.receipts, 'received'), childOf(stanza, ns.markers, 'received')];
  const read = [childOf(stanza, ns.markers, 'displayed'), childOf(stanza, ns.markers, 'acknowledged')];
  const of = (found: readonly (XmlElement | undefined)[], state: 'delivered' | 'read') => {
    const id = found.map(idAttr).find((one) => one !== undefined);
    return id === undefined ? [] : [{ id, state }];
  };
  return [...of(delivered, 'delivered'), ...of(read, 'read')];
}

/** XEP-0359: what the room or server `by` calls it. */
export function stanzaIdBy(stanza: XmlElement, by: string): string | undefined {
  return idAttr(childrenOf(stanza, ns.sid, 'stanza-id').find((one) => one.attrs['by'] === by));
}

/** What its writer calls it. */
export function writersId(stanza: XmlElement): string | undefined {
  return idAttr(stanza) ?? idAttr(childOf(stanza, ns.sid, 'origin-id'));
}

/** XEP-0045, 7.8.2 through the room, and XEP-0249 directly. */
export function invitationOf(stanza: XmlElement): Invitation | undefined {
  return mediatedInvitation(stanza) ?? directInvitation(stanza);
}

function mediatedInvitation(stanza: XmlElement): Invitation | undefined {
  const user = childOf(stanza, ns.mucUser, 'x');
  const invite = user === undefined ? undefined : childOf(user, ns.mucUser, 'invite');
  if (user === undefined || invite === undefined) return undefined;
  const room = stanza.attrs['from'] ?? '';
  const [password, reason] = [childOf(user, ns.mucUser, 'password'), childOf(invite, ns.mucUser, 'reason')];
  return invitation({ room, by: invite.attrs['from'] ?? room }, textOf(password), textOf(reason));
}

function directInvitation(stanza: XmlElement): Invitation | undefined {
  const { jid: room, password = '', reason = '' } = childOf(stanza, ns.invitation, 'x')?.attrs ?? {};
  return room === undefined ? undefined : invitation({ room, by: stanza.attrs['from'] ?? '' }, password, reason);
}

function invitation(of: Pick<Invitation, 'room' | 'by'>, password: string, reason: string): Invitation {
  return { ...of, ...(password === '' ? {} : { password }), ...(reason === '' ? {} : { reason }) };
}

/** XEP-0280 or XEP-0313: copies that only our own server could send us, and it doesn't: see CVE-2017-5589. */
export function isForgedCopy(stanza: XmlElement): boolean {
  return elementsOf(stanza).some(
    (one) => one.ns === ns.carbons || one.ns === ns.forward || (one.ns === ns.mam && one.name === 'result'),
  );
}

/** XEP-0203, when it was sent; undefined where it doesn't say, or not in a form that is one. */
export function delayOf(stanza: XmlElement): string | undefined {
  const stamp = childOf(stanza, ns.delay, 'delay')?.attrs['stamp'];
  return stamp !== undefined && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/u.test(stamp)
    ? stamp
    : undefined;
}
