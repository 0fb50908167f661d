/** What follows from a connector's answer: one row per answer, nothing left to the caller. */
import type { EntryBodies } from '../../core/entry.ts';
import type { FailureKind } from '../../core/failures.ts';
import { after, connectorGate, lineGate } from '../../core/ids.ts';
import type { ConnectorId, LineId, Millis, Position } from '../../core/ids.ts';
import type { SendResult } from '../../core/ports/outbound.ts';
import type { Turn } from '../../tasks/task.ts';
import { networkOutcomeDraft } from '../drafts.ts';
import { goesOn } from '../messages/message-moves.ts';

export interface Sending {
  readonly of: Position;
  readonly attempt: number;
  /** How often a person asked for it again. */
  readonly generation: number;
  readonly connector: ConnectorId;
  readonly line: LineId;
  readonly at: Millis;
  /** An earlier attempt may have gone out. */
  readonly maybeTwice: boolean;
}
type Outcome = EntryBodies['delivery.outcome'];
/** Provider's words go on record and are shown in the room: short, and one line. */
const DETAIL_MAX = 200;

/** Of a provider's words, what is put on record and shown. */
export function shortDetail(detail: string | undefined): { readonly detail?: string } {
  const clean = detail
    ?.toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
  return clean === undefined || clean === '' ? {} : { detail: Array.from(clean).slice(0, DETAIL_MAX).join('') };
}

/** The turn that ends a send, with the outcome that goes on record. */
export function turnOfResult(result: SendResult, sending: Sending): Turn {
  switch (result.state) {
    case 'sent':
      return ended(sending, { state: 'sent', ids: result.ids });
    case 'pending': {
      const ids = result.ids === undefined ? {} : { ids: result.ids };
      return ended(sending, { state: 'pending', ...ids, settleBy: settleBy(result.settleWithinMs, sending.at) });
    }
    case 'unknown': {
      const ids = result.ids === undefined ? {} : { ids: result.ids };
      return ended(sending, { state: 'unknown', reason: 'unknown', ...ids, ...shortDetail(result.detail) });
    }
    case 'failed': {
      const code = result.code === undefined ? {} : { code: result.code.toWellFormed() };
      return ended(sending, { state: 'failed', reason: final(result.reason), ...code, ...shortDetail(result.detail) });
    }
    case 'retry':
      return again(result, sending);
  }
}

/** Nobody waits longer than a week for word of a message, whatever a connector says. */
const SETTLE_MOST_MS = 7 * 24 * 3_600_000;

function settleBy(withinMs: number, at: Millis): Millis {
  return after(at, Number.isNaN(withinMs) ? 0 : Math.min(Math.max(withinMs, 0), SETTLE_MOST_MS));
}

/** A connector that calls a passing failure final has the last word: the message must not wait for a try that won't come. */
function final(reason: FailureKind): FailureKind {
  return goesOn(reason) ? 'provider-refused' : reason;
}

function again(result: Extract<SendResult, { state: 'retry' }>, sending: Sending): Turn {
  const { reason, afterMs, scope } = result;
  const entries = [outcome(sending, { state: 'failed', reason, ...shortDetail(result.detail) })];
  if (!goesOn(reason)) return { to: 'done', entries };
  if (scope === 'chat' || scope === 'message') return { to: 'retry', reason, afterMs, entries };
  const gate = scope === 'connector' ? connectorGate(sending.connector) : lineGate(sending.line);
  return { to: 'gate', gate, reason, afterMs, entries, ...shortDetail(result.detail) };
}

/** Of a send that is over, whether or not there was somebody to be asked. */
export type Ended = Omit<Sending, 'connector' | 'line'> & { readonly connector: ConnectorId | undefined };

export function ended(sending: Ended, body: Omit<Outcome, 'of' | 'target'>): Turn {
  return { to: 'done', entries: [outcome(sending, body)] };
}

function outcome(sending: Ended, body: Omit<Outcome, 'of' | 'target'>): ReturnType<typeof networkOutcomeDraft> {
  const { at, connector, attempt, generation, of, maybeTwice } = sending;
  const twice = maybeTwice && body.state !== 'failed' ? { maybeTwice } : {};
  return networkOutcomeDraft({ at, connector, attempt, generation }, { of, target: 'network', ...body, ...twice });
}
