/** Showing a record with its numbers: on record, with the reason, before it is shown; the other officers are told. */
import type { Position } from '../../core/ids.ts';
import { refused, type Answer } from '../answer.ts';
import type { DeskContext } from './desk-context.ts';

/** Said where there is nothing to unmask: nobody is told then, and nothing is on record but the command. */
export const NOTHING_MASKED = 'Nothing in it is masked: this is all of it.';

export interface Unmasking {
  readonly of: Position;
  /** Earlier messages that are shown with it. */
  readonly also?: readonly Position[];
}

/**
 * Undefined when it may be shown now. One command puts it on record once, however often its task runs.
 * @throws JournalDown when it can't be written: nothing is shown then
 */
export async function unmasking(
  { of, also = [] }: Unmasking,
  reason: string,
  context: DeskContext,
): Promise<Answer | undefined> {
  const { role, message, desk, tools, clock } = context;
  if (role !== 'officer' && role !== 'reviewer') {
    return refused('denied', 'Numbers stay masked for auditors: ask an officer.');
  }
  const { sender: by, event, room } = message;
  await tools.decisions.recorder.append([
    {
      kind: 'policy.unmasked',
      at: clock.now(),
      source: { system: 'gatehouse', id: `policy.unmasked/${event}`, sure: true },
      actor: by,
      body: { of, ...(also.length === 0 ? {} : { also }), desk: desk.id, room, event, by, reason },
    },
  ]);
  return undefined;
}
