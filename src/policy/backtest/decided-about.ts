/** What an officer had decided about a text that was stopped: approved it was none, rejected it was one. */
import type { Entry } from '../../core/entry.ts';
import { parseEventId, type Position } from '../../core/ids.ts';
import type { Reading } from '../../storage/database.ts';
import { editedBy } from '../judging/event-texts.ts';
import { judgedEvent, verdictsOf } from '../verdicts/verdict-store.ts';
import type { Decided } from './tally.ts';

/** By whichever rule it was stopped: who decided has read the whole text. The newest decision counts. */
export async function decidedAbout(entry: Entry, reading: Reading): Promise<Decided | undefined> {
  const { of, version } = await textOf(entry, reading);
  for (const verdict of await verdictsOf(reading, of)) {
    if (verdict.version !== version) continue;
    if (verdict.state === 'rejected') return 'violation';
    if (verdict.state === 'approved') return 'false-positive';
  }
  return undefined;
}

interface Text {
  readonly of: Position;
  readonly version: Position | undefined;
}

/** Of an edit, the message that it changes: verdicts are about that. */
async function textOf(entry: Entry, reading: Reading): Promise<Text> {
  const itself = { of: entry.position, version: undefined };
  const edited = entry.kind === 'matrix.event' ? editedBy(entry.body) : undefined;
  const event = parseEventId(edited);
  if (!event.ok) return itself;
  const message = await judgedEvent(reading, event.value);
  return message === undefined ? itself : { of: message.of, version: entry.position };
}
