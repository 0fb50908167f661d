/** Puts a transaction's events on record: one append, and no single event that can stop the others. */
import type { MatrixEvent } from '../core/entry.ts';
import type { Millis } from '../core/ids.ts';
import { JournalDown, type Appended, type Recorder } from '../core/ports/recorder.ts';
import type { Log } from '../core/ports/log.ts';
import { draftOf, malformedDraft, type DraftContext, type MatrixDraft, type ReceivedEvent } from './event-drafts.ts';

/** One event of a transaction, once it is on record. */
export interface Captured {
  /** When its sender's homeserver took it, by that server's clock. */
  readonly at: Millis;
  readonly sender?: string;
  /** Absent of what has no readable form. */
  readonly event?: Pick<MatrixEvent, 'event_id' | 'type' | 'room_id' | 'state_key' | 'content'>;
  /** It was on record before. */
  readonly duplicate: boolean;
}

/**
 * Resolves after the commit. When the journal refuses the list for what is in it, each event is tried by itself and the
 * one at fault is recorded as malformed: else the homeserver would bring the same transaction for ever.
 * @throws JournalDown when nothing can be written now.
 */
export async function record(
  events: readonly ReceivedEvent[],
  context: DraftContext,
  to: { readonly recorder: Recorder; readonly log: Log },
): Promise<readonly Captured[]> {
  if (events.length === 0) return [];
  const drafts = events.map((event) => draftOf(event, context));
  try {
    const appended = await to.recorder.append(drafts);
    return drafts.map((draft, index) => captured(draft, appended[index]));
  } catch (error) {
    if (error instanceof JournalDown) throw error;
    to.log.error('matrix.append-refused', { events: events.length }, error);
    for (const event of events) await recordAlone(event, context, to.recorder);
    return [];
  }
}

function captured(draft: MatrixDraft, appended: Appended | undefined): Captured {
  const { at, actor } = draft;
  return {
    ...{ at, duplicate: appended?.duplicate === true },
    ...(actor === undefined ? {} : { sender: actor }),
    ...(draft.kind === 'matrix.event' ? { event: draft.body } : {}),
  };
}

async function recordAlone(event: ReceivedEvent, context: DraftContext, recorder: Recorder): Promise<void> {
  try {
    await recorder.append([draftOf(event, context)]);
  } catch (error) {
    if (error instanceof JournalDown) throw error;
    await recorder.append([malformedDraft(event, 'the journal refused it', context)]);
  }
}
