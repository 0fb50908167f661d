/**
 * Tasks `policy.supervised-told` and `policy.barrier-told`: compliance is told once of each. A turn that is played again
 * looks for its own words first.
 */
import type { Entry, ErasedEntry } from '../../core/entry.ts';
import type { Position, RoomId } from '../../core/ids.ts';
import type { TaskHandler, TaskHandlers, Turn } from '../../tasks/task.ts';
import { CHANGED_TOLD, CROSSED_TOLD } from './projections.ts';
import { changeWords, crossingWords, type Naming } from './told-words.ts';

export interface TellDeps {
  /** Tells every desk; its turn is what comes of it. */
  readonly tell: (telling: {
    readonly text: string;
    readonly source: Position;
    readonly part: string;
    readonly look: boolean;
  }) => Promise<Turn>;
  readonly titleOf: (room: RoomId) => Promise<string>;
  readonly person: Naming['person'];
  /** False where so many rooms were encrypted in this hour that health counts them alone. */
  readonly mayTell: () => boolean;
  /** Whether what is said across a barrier is refused. */
  readonly refuses: boolean;
}

const DONE: Turn = { to: 'done' };

export function tellTasks(deps: TellDeps): TaskHandlers {
  const run: TaskHandler = async (task, entry, { mayRepeat }) => {
    const look = mayRepeat || task.attempts > 0;
    const room = roomOf(entry);
    if (room === undefined || (!look && isOneOfMany(deps, entry))) return DONE;
    const text = wordsOf(entry, deps, { room: await deps.titleOf(room), person: deps.person });
    if (text === undefined) return DONE;
    return deps.tell({ text, source: entry.position, part: 'supervised', look });
  };
  return new Map([
    [CHANGED_TOLD, { run }],
    [CROSSED_TOLD, { run }],
  ]);
}

function roomOf(entry: Entry | ErasedEntry): RoomId | undefined {
  if ('erased' in entry) return undefined;
  if (entry.kind === 'policy.room-changed' || entry.kind === 'policy.barrier-crossed') return entry.body.room;
  return undefined;
}

/** A company whose clients encrypt by themselves makes such rooms all day. */
function isOneOfMany({ mayTell }: TellDeps, entry: Entry | ErasedEntry): boolean {
  if ('erased' in entry || entry.kind !== 'policy.room-changed') return false;
  return entry.body.what === 'encrypted' && !mayTell();
}

function wordsOf(entry: Entry | ErasedEntry, { refuses }: TellDeps, naming: Naming): string | undefined {
  if ('erased' in entry) return undefined;
  if (entry.kind === 'policy.room-changed') return changeWords(entry.body, naming);
  return entry.kind === 'policy.barrier-crossed' ? crossingWords(entry.body, naming, refuses) : undefined;
}
