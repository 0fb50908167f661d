/** Errors of stanzas (RFC 6120, 8.3): what one says, and how one is written. An error is never answered. */
import type { FailureKind } from '../../../core/failures.ts';
import type { SendResult } from '../../../core/ports/outbound.ts';
import { ns } from '../namespaces.ts';
import { childOf, elementsOf, xml, type XmlElement } from '../xml/element.ts';

export interface Bounce {
  readonly condition: string;
  /** The sender may try again later. */
  readonly later: boolean;
  readonly blocked: boolean;
}

export type ErrorKind = 'cancel' | 'wait' | 'modify';

export function bounceOf(stanza: XmlElement): Bounce {
  const error = childOf(stanza, ns.component, 'error');
  const said = error === undefined ? [] : elementsOf(error);
  const condition =
    said.find((one) => one.ns === ns.stanzaErrors && one.name !== 'text')?.name ?? 'undefined-condition';
  return { condition, later: error?.attrs['type'] === 'wait', blocked: said.some((one) => one.ns === ns.blocked) };
}

/** Undefined for what may not be answered: errors, results, and what says no sender. */
export function errorReply(stanza: XmlElement, kind: ErrorKind, condition: string): XmlElement | undefined {
  const { type, from, to, id } = stanza.attrs;
  if (type === 'error' || type === 'result' || from === undefined || to === undefined) return undefined;
  const error = xml(ns.component, 'error', { type: kind }, [xml(ns.stanzaErrors, condition)]);
  return xml(ns.component, stanza.name, { type: 'error', from: to, to: from, id }, [error]);
}

const words: Readonly<Record<string, readonly [FailureKind, string]>> = {
  'item-not-found': ['bad-address', 'there is no such account'],
  'jid-malformed': ['bad-address', 'this is no XMPP address'],
  'remote-server-not-found': ['bad-address', 'there is no such server'],
  gone: ['bad-address', 'the account is gone'],
  'service-unavailable': ['not-delivered', 'there is no such account, or it takes no messages from us'],
  'recipient-unavailable': ['not-delivered', 'nobody is there'],
  'remote-server-timeout': ['not-delivered', "the other server can't be reached"],
  'not-acceptable': ['rejected', 'it was not accepted'],
  forbidden: ['rejected', 'we may not write there'],
  'not-allowed': ['rejected', 'we may not write there'],
  'not-authorized': ['rejected', 'we may not write there'],
  'subscription-required': ['rejected', 'only who is in their list may write'],
  'policy-violation': ['rejected', 'it is against the rules of the server'],
  'resource-constraint': ['provider-refused', 'the server has no room for it at the moment'],
};

/** "Not now" of one message is believed this often. */
const maxLater = 5;

/** Certainly not delivered. `attempt` counts from 1. */
export function failureOf(bounce: Bounce, attempt: number): SendResult {
  const { condition, later, blocked } = bounce;
  if (later && attempt < maxLater) {
    return { state: 'retry', afterMs: 15_000 * attempt, scope: 'chat', reason: 'provider-down', detail: condition };
  }
  const [reason, detail] = blocked ? ['rejected' as const, 'they have blocked us'] : reasonOf(condition);
  return { state: 'failed', reason, code: condition, detail };
}

/** For a bounce that came after the send was over. */
export function detailOf({ condition, blocked }: Bounce): string {
  return blocked ? 'they have blocked us' : reasonOf(condition)[1];
}

function reasonOf(condition: string): readonly [FailureKind, string] {
  const row = Object.hasOwn(words, condition) ? words[condition] : undefined;
  return row ?? ['provider-refused', 'the server refused it'];
}
