/** The judging's part in the writer: who said what before, and which messages are looked at once they are there. */
import type { Entry } from '../../core/entry.ts';
import { lane, type RoomId, type UserId } from '../../core/ids.ts';
import type { TaskDraft, WriterPart } from '../../journal/projection.ts';
import type { Reading } from '../../storage/database.ts';
import { directionsProjection, hasRuleFor, POLICY_DIRECTIONS } from './direction-store.ts';
import { saysSomething } from './event-texts.ts';
import { LEFT_OUT, type LeftOut } from './left-out.ts';
import { placeOf, POLICY_SAID, saidProjection } from './said-store.ts';
import { FILE } from './screen-file.ts';
import { SCREEN } from './screen.ts';

export interface JudgingPart {
  /** Ghosts and bots: they only show what others said. */
  readonly isOurs: (user: UserId) => boolean;
  /** Desks and chats with our bots: what is quoted there is judged where it was said. */
  readonly isOurRoom: (reading: Reading, room: RoomId) => Promise<boolean>;
  /** What was written to a customer and never asked about at the gate. */
  readonly leftOut: LeftOut;
  /** Projections that these read. */
  readonly reads: readonly string[];
}

/** So that no more than two files are in memory at once, and no text waits for a file. Files have no order to keep. */
const FILE_LANES = 2;

/** What goes out is judged before it does, and what customers write before it is shown. */
async function plan(entry: Entry, reading: Reading, part: JudgingPart): Promise<readonly TaskDraft[]> {
  const { direction, room } = entry;
  if (direction === 'outbound') return ofLeftOut(entry, reading, part);
  const task = taskOf(entry, part);
  if (task === undefined || direction === undefined) return [];
  if (!(await hasRuleFor(reading, direction))) return [];
  return room !== undefined && (await part.isOurRoom(reading, room)) ? [] : [task];
}

/** What doesn't go out after all, by what this entry says of it. */
async function ofLeftOut(entry: Entry, reading: Reading, { leftOut }: JudgingPart): Promise<readonly TaskDraft[]> {
  const place = placeOf(entry);
  if (place === undefined || !(await hasRuleFor(reading, 'outbound'))) return [];
  return (await leftOut(entry, reading)) === undefined ? [] : [{ kind: LEFT_OUT, lane: lane('screen', place) }];
}

/** Whose file it is, the handler finds out. */
function taskOf(entry: Entry, part: JudgingPart): TaskDraft | undefined {
  if (entry.kind === 'file.stored' || entry.kind === 'file.missing') {
    return { kind: FILE, lane: lane('screen', `file-${entry.position % FILE_LANES}`) };
  }
  const place = placeOf(entry);
  return place === undefined || !isSaidByOthers(entry, part)
    ? undefined
    : { kind: SCREEN, lane: lane('screen', place) };
}

function isSaidByOthers(entry: Entry, { isOurs }: JudgingPart): boolean {
  return entry.kind === 'matrix.event' && !isOurs(entry.body.sender) && saysSomething(entry.body);
}

export function judgingWriterPart(part: JudgingPart): WriterPart {
  return {
    projections: [directionsProjection, saidProjection(part.isOurs)],
    planners: [
      {
        name: SCREEN,
        reads: [POLICY_SAID, POLICY_DIRECTIONS, ...part.reads],
        plan: (entry, reading) => plan(entry, reading, part),
      },
    ],
  };
}
