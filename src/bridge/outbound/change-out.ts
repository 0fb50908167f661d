/**
 * What staff do to a message that stands at the network already: an edit, a deletion, a reaction. On record before it is
 * tried, like a message; and doing it again does no harm, so that what a crash left open is simply done again.
 */
import type { Draft, EntryOf } from '../../core/entry.ts';
import type { Connector } from '../../core/ports/connector.ts';
import type { SendResult } from '../../core/ports/outbound.ts';
import type { Task, Turn } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { attemptDraft } from '../drafts.ts';
import type { Chat } from './chat-of.ts';
import { ended, turnOfResult, type Sending } from './send-outcome.ts';

export interface ChangeOut {
  readonly task: Task;
  readonly entry: EntryOf<'matrix.event'>;
  readonly chat: Chat;
  /** What the network will hear in words, for the record. */
  readonly text?: string;
  /** What goes on record with the attempt. */
  readonly with?: readonly Draft[];
  readonly act: (connector: Connector) => Promise<SendResult>;
}

const AGAIN_MS = 5_000;
/** So often it is tried when nobody knows whether it was done. */
const UNCLEAR_TRIES = 5;

/** The turn that it ends in; `failed` is told where the caller wants it told. */
export async function changeAtNetwork(
  change: ChangeOut,
  deps: Pick<BridgeDeps, 'journal' | 'clock'>,
): Promise<{ readonly turn: Turn; readonly result: SendResult }> {
  const { task, entry, chat, text, act } = change;
  const attempt = task.attempts + 1;
  const words = text === undefined ? {} : { text };
  const draft = attemptDraft(deps.clock.now(), { of: entry.position, attempt, target: 'network', ...words });
  await deps.journal.append([draft, ...(change.with ?? [])]);
  const result = await act(chat.connector);
  const { line } = chat;
  const sending: Sending = {
    ...{ of: entry.position, attempt, generation: 0, maybeTwice: false },
    ...{ connector: line.connector, line: line.id, at: deps.clock.now() },
  };
  return { turn: turnAfter(result, sending, task), result };
}

function turnAfter(result: SendResult, sending: Sending, task: Task): Turn {
  if (result.state !== 'unknown') return turnOfResult(result, sending);
  if (task.attempts >= UNCLEAR_TRIES) return ended(sending, { state: 'unknown', reason: 'unknown' });
  const failed = ended(sending, { state: 'failed', reason: 'provider-down', detail: result.detail });
  return { to: 'retry', reason: 'provider-down', afterMs: AGAIN_MS, entries: failed.entries ?? [] };
}
