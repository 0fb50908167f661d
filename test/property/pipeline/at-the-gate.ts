/**
 * What a rule stops goes out only by an approval of this very text, and only one that counts: the first decision about a
 * verdict that the message still stood by.
 */
import { outboundForm } from '../../../src/bridge/messages/outbound-form.ts';
import type { Entry, EntryOf } from '../../../src/core/entry.ts';
import type { Position } from '../../../src/core/ids.ts';
import { contentOf, ruleOn } from '../../support/word-gatekeeper.ts';
import type { Judge } from './judge.ts';
import type { Provider } from './provider.ts';
import { ofKind } from './recorded.ts';

interface Seen {
  readonly entries: readonly Entry[];
  readonly world: { readonly provider: Provider };
  readonly blame: Judge['blame'];
}

export function gateKept({ entries, world, blame }: Seen): void {
  for (const { body } of ofKind(entries, 'delivery.attempt'))
    if (body.target === 'network' && body.judged === undefined)
      blame('sent without the approval of this very text', `"${body.text ?? ''}" was tried and not judged`);
  for (const { message } of world.provider.taken) {
    if (ruleOn(message.text) === undefined) continue;
    const approvals = countingApprovals(message, entries);
    if (approvals.length === 0) blame('sent without the approval of this very text', `"${message.text}"`);
  }
  for (const approval of ofKind(entries, 'policy.approved')) notStopped(approval, { entries, blame });
}

/** Those of this text that came before it was tried. */
function countingApprovals(
  { position: of, attempt, text }: { readonly position: Position; readonly attempt: number; readonly text: string },
  entries: readonly Entry[],
): readonly Entry[] {
  const tried = ofKind(entries, 'delivery.attempt').find(({ body }) => body.of === of && body.attempt === attempt);
  return ofKind(entries, 'policy.approved').filter(
    (one) =>
      one.body.of === of &&
      one.body.content === contentOf(text) &&
      one.position < (tried?.position ?? 0) &&
      counts(one, entries),
  );
}

/** Whether nothing happened to the message between the verdict and this decision. */
function counts({ body, position }: EntryOf<'policy.approved'>, entries: readonly Entry[]): boolean {
  return !entries.some(
    (one) => one.position > body.verdict && one.position < position && changes(one, body.of, entries),
  );
}

function changes(entry: Entry, of: Position, entries: readonly Entry[]): boolean {
  switch (entry.kind) {
    case 'policy.approved':
    case 'policy.rejected':
    case 'policy.expired':
    case 'delivery.abandoned':
      return entry.body.of === of;
    case 'matrix.event': {
      const form = outboundForm(entry.body);
      const about = form.is === 'edit' || form.is === 'redaction' ? form.of : undefined;
      return entries.some((one) => one.position === of && one.source.id === about);
    }
    default:
      return false;
  }
}

/** After an approval that counts, and no change of mind, the message went its way: no verdict stops it again. */
function notStopped(approval: EntryOf<'policy.approved'>, { entries, blame }: Pick<Seen, 'entries' | 'blame'>): void {
  const { of } = approval.body;
  const after = entries.filter((one) => one.position > approval.position);
  if (!counts(approval, entries)) return;
  const settled = after.some(
    (one) =>
      changesMind(one, of, entries) ||
      ((one.kind === 'delivery.attempt' || one.kind === 'delivery.outcome') && one.body.of === of),
  );
  if (!settled) blame('an entry ended neither done nor visibly failed', `approval ${String(approval.position)}`);
}

/** Its sender took it back, or wrote something else. */
function changesMind(entry: Entry, of: Position, entries: readonly Entry[]): boolean {
  return (entry.kind === 'matrix.event' || entry.kind === 'delivery.abandoned') && changes(entry, of, entries);
}
