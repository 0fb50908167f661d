/** The reply under a message that did not go out, or not yet: why, and what its sender can do. */
import type { Entry, ErasedEntry } from '../../core/entry.ts';
import { failures, type FailureKind } from '../../core/failures.ts';
import type { Position } from '../../core/ids.ts';
import { failureWords, type Filling } from '../outbound/failure-words.ts';
import type { Message } from '../messages/message-store.ts';
import { rejectedWords, stoppedWords, type Verdict } from '../outbound/policy-words.ts';
import type { Portal } from '../portals/portal-store.ts';

export interface Why {
  /** Names the reply in its transaction. */
  readonly reason: FailureKind | 'quarantined';
  readonly text: string;
}

export interface Stands {
  readonly message: Pick<Message, 'state' | 'reason'>;
  readonly portal: Pick<Portal, 'name' | 'network'>;
  /** From which it stands so. */
  readonly entry: Entry;
  /** Where that is an officer's no: what it was about. */
  readonly verdict?: Verdict | undefined;
}

/** Undefined where nobody needs to be told. */
export function whyOf({ message, portal, entry, verdict }: Stands): Why | undefined {
  const { state, reason } = message;
  const filling = { name: portal.name, network: portal.network };
  if (state === 'quarantined') return ofVerdict(entry, filling);
  if ((state !== 'failed' && state !== 'unknown') || reason === undefined) return undefined;
  const text = entry.kind === 'policy.rejected' ? rejectedWords(entry.body, verdict) : textOf(entry, reason, filling);
  if (text === undefined) return undefined;
  return { reason, text: failures[reason].certain ? text : `⚠️ ${text}` };
}

function ofVerdict(entry: Entry, filling: Filling): Why | undefined {
  if (entry.kind !== 'policy.verdict') return undefined;
  const text = stoppedWords(entry.body, filling);
  const reason = entry.body.consequence === 'warn' ? 'policy-warned' : 'quarantined';
  return text === undefined ? undefined : { reason, text };
}

function textOf(entry: Entry, reason: FailureKind, filling: Filling): string | undefined {
  // The warning said for how long it holds, and its mark stays.
  if (entry.kind === 'policy.expired' && reason === 'policy-warned') return undefined;
  return failureWords(reason, { ...filling, detail: detailOf(entry) });
}

function detailOf(entry: Entry): string | undefined {
  if (entry.kind !== 'delivery.outcome' && entry.kind !== 'network.receipt') return undefined;
  return entry.body.detail ?? entry.body.code;
}

/** The verdict that an officer decided against. */
export async function verdictRejected(
  entry: Entry,
  journal: { read(position: Position): Promise<Entry | ErasedEntry | undefined> },
): Promise<Verdict | undefined> {
  const verdict = entry.kind === 'policy.rejected' ? await journal.read(entry.body.verdict) : undefined;
  return verdict === undefined || 'erased' in verdict || verdict.kind !== 'policy.verdict' ? undefined : verdict.body;
}
