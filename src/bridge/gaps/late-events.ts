/** Puts fetched events on record: one append, and no single event that can stop the others. */
import type { Draft, LateSource } from '../../core/entry.ts';
import type { EventId } from '../../core/ids.ts';
import { JournalDown, type Appended, type Also, type Recorder } from '../../core/ports/recorder.ts';
import type { HistoryEvent } from '../../core/ports/room-history.ts';

export interface LateEvent {
  readonly event: HistoryEvent;
  /** The event that it follows in its room, where that is known. */
  readonly after: EventId | undefined;
}

/**
 * `events` are appended in the order given. Of what is on record by now nothing happens a second time.
 * @throws JournalDown when nothing can be written now.
 */
export async function recordLate(
  events: readonly LateEvent[],
  by: LateSource['by'],
  recorder: Recorder,
  also?: Also,
): Promise<readonly Appended[]> {
  const drafts = events.map((late) => lateDraft(late, by));
  try {
    return await recorder.append(drafts, also);
  } catch (error) {
    if (error instanceof JournalDown) throw error;
    const appended: Appended[] = [];
    for (const draft of drafts) appended.push(await recordAlone(draft, recorder));
    await recorder.append([], also);
    return appended;
  }
}

function lateDraft({ event, after }: LateEvent, by: LateSource['by']): Draft {
  const { draft } = event;
  const late = { by, ...(after !== undefined && { after }) };
  return { ...draft, source: { ...draft.source, late } };
}

/** What the journal refuses for what is in it is recorded as malformed: else the same gap would be found for ever. */
async function recordAlone(draft: Draft, recorder: Recorder): Promise<Appended> {
  const one = async (what: Draft): Promise<Appended> => {
    const [appended] = await recorder.append([what]);
    if (appended === undefined) throw new Error('an append of one draft gave no answer');
    return appended;
  };
  try {
    return await one(draft);
  } catch (error) {
    if (error instanceof JournalDown) throw error;
    const { at, source, room, raw } = draft;
    const where = { ...(room !== undefined && { room }), ...(raw !== undefined && { raw }) };
    const body = { reason: 'the journal refused it', eventId: source.id, ...(room !== undefined && { roomId: room }) };
    return one({ kind: 'matrix.malformed', at, source, ...where, body });
  }
}
