/**
 * What staff do to a message that stands at the network already: an edit, a deletion, a reaction. On record before it is
 * tried, like a message; and doing it again does no harm, so that what a crash left open is simply done again.
 */
import type { Draft, EntryOf } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { Judged } from '../../core/policy-entries.ts';
import type { Connector } from '../../core/ports/connector.ts';
import type { SendResult } from '../../core/ports/outbound.ts';
import type { Task, Turn } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { attemptDraft } from '../drafts.ts';
import { changeAttempts } from '../messages/change-attempt-store.ts';
import type { Chat } from './chat-of.ts';
import { ended, shortDetail, turnOfResult, type Sending } from './send-outcome.ts';

export interface ChangeOut {
  readonly task: Task;
  readonly entry: EntryOf<'matrix.event'>;
  readonly chat: Chat;
  /** What the network will hear in words, for the record. */
  readonly text?: string;
  /** By what its words were let go, and what goes on record with the attempt. */
  readonly judged?: Judged;
  readonly with?: readonly Draft[];
  readonly act: (connector: Connector) => Promise<SendResult>;
}

const AGAIN_MS = 5_000;
/** So often it is tried when nobody knows whether it was done. */
const UNCLEAR_TRIES = 5;

/** The turn that it ends in; what was refused, and what nobody knows, is told where the caller wants it told. */
export async function changeAtNetwork(
  change: ChangeOut,
  deps: Pick<BridgeDeps, 'journal' | 'clock'>,
): Promise<{ readonly turn: Turn; readonly result: SendResult }> {
  const { task, entry, chat, text, act, judged } = change;
  const { attempts, open } = await deps.journal.views.read((reading) => changeAttempts(reading, entry.position));
  const sending = sendingOf({ of: entry.position, attempt: attempts + 1, chat }, deps);
  const words = { ...(text === undefined ? {} : { text }), ...(judged === undefined ? {} : { judged }) };
  const { of, attempt, at } = sending;
  const draft = attemptDraft(at, { of, attempt, target: 'network', ...words });
  const broken = open ? (ended({ ...sending, attempt: attempts }, BROKEN).entries ?? []) : [];
  await deps.journal.append([...broken, draft, ...(change.with ?? [])]);
  const result = await act(chat.connector);
  return { turn: turnAfter(result, { ...sending, at: deps.clock.now() }, task), result };
}

/** Of an attempt that the process did not live through: it may have been done, and is done again. */
const BROKEN = { state: 'unknown', reason: 'unknown', detail: 'it was stopped before the network answered' } as const;

function sendingOf(
  made: { readonly of: Position; readonly attempt: number; readonly chat: Chat },
  { clock }: Pick<BridgeDeps, 'clock'>,
): Sending {
  const { of, attempt, chat } = made;
  const { connector, id: line } = chat.line;
  return { of, attempt, generation: 0, maybeTwice: false, connector, line, at: clock.now() };
}

/** Why nobody can say that it was done there; undefined where it was, or is tried again. */
export function undone({ turn, result }: { readonly turn: Turn; readonly result: SendResult }): Undone | undefined {
  if (turn.to !== 'done') return undefined;
  if (result.state !== 'failed' && result.state !== 'retry' && result.state !== 'unknown') return undefined;
  const { detail } = shortDetail(result.detail);
  if (result.state === 'unknown') return { is: 'unclear', why: detail ?? 'no answer' };
  return { is: 'refused', why: detail ?? result.reason };
}

export interface Undone {
  readonly is: 'refused' | 'unclear';
  /** The network's words. */
  readonly why: string;
}

function turnAfter(result: SendResult, sending: Sending, task: Task): Turn {
  if (result.state !== 'unknown') return turnOfResult(result, sending);
  if (task.attempts >= UNCLEAR_TRIES) return ended(sending, { state: 'unknown', reason: 'unknown' });
  const failed = ended(sending, { state: 'failed', reason: 'provider-down', ...shortDetail(result.detail) });
  return { to: 'retry', reason: 'provider-down', afterMs: AGAIN_MS, entries: failed.entries ?? [] };
}
