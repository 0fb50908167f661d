/** What a command_status in answer to a submit_sm means for the message. */
import type { FailureKind } from '../../core/failures.ts';
import type { SendResult } from '../../core/ports/outbound.ts';
import { status, statusCode } from './codec/status.ts';

interface Row {
  readonly reason: FailureKind;
  readonly detail: string;
}

const permanent: ReadonlyMap<number, Row> = new Map([
  [status.invalidMessageLength, { reason: 'too-long', detail: 'the carrier refuses its length' }],
  [status.invalidDestination, { reason: 'bad-address', detail: 'no such number' }],
  [status.invalidDestinationTon, { reason: 'bad-address', detail: 'the carrier refuses this type of number' }],
  [status.invalidDestinationNpi, { reason: 'bad-address', detail: 'the carrier refuses this numbering plan' }],
  [status.invalidSource, { reason: 'sender-not-registered', detail: 'the carrier refuses our number' }],
  [status.invalidSourceTon, { reason: 'sender-not-registered', detail: 'the carrier refuses the type of our number' }],
  [status.invalidSourceNpi, { reason: 'sender-not-registered', detail: 'the carrier refuses our numbering plan' }],
  [status.submitFailed, { reason: 'provider-refused', detail: 'the carrier could not take it' }],
  [status.permanentAppError, { reason: 'provider-refused', detail: 'the carrier will not take it' }],
  [status.rejectedByApp, { reason: 'provider-refused', detail: 'the carrier turned it down' }],
  [status.invalidDataCoding, { reason: 'provider-refused', detail: 'the carrier refuses this alphabet' }],
]);

/** "Not now" of one message is believed this often. */
const maxTemporary = 5;

export function isThrottle(code: number): boolean {
  return code === status.throttled || code === status.queueFull;
}

/** The result for a status other than 0 and throttling; `attempt` counts from 1. */
export function submitFailure(code: number, attempt: number): SendResult {
  if (code === status.wrongBindState) {
    return { state: 'retry', afterMs: 1_000, scope: 'connector', reason: 'provider-down', detail: 'not bound' };
  }
  const temporary = code === status.systemError || code === status.temporaryAppError;
  if (temporary && attempt < maxTemporary) {
    const afterMs = 5_000 * attempt;
    return { state: 'retry', afterMs, scope: 'message', reason: 'provider-down', detail: statusCode(code) };
  }
  const row = permanent.get(code) ?? { reason: 'provider-refused' as const, detail: 'refused by the carrier' };
  return { state: 'failed', reason: row.reason, code: statusCode(code), detail: row.detail };
}
