/** Showing a record with its numbers: on record, with the reason, before it is shown; the other officers are told. */
import type { Position } from '../../core/ids.ts';
import { refused, type Answer } from '../answer.ts';
import type { DeskContext } from './desk-context.ts';

/**
 * Undefined when it may be shown now. One command puts it on record once, however often its task runs.
 * @throws JournalDown when it can't be written: nothing is shown then
 */
export async function unmasking(of: Position, reason: string, context: DeskContext): Promise<Answer | undefined> {
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
      body: { of, desk: desk.id, room, event, by, reason },
    },
  ]);
  return undefined;
}
