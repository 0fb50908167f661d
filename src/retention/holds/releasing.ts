/**
 * Releasing a hold: at once, or asked for by one officer and agreed to by another. What two say in one moment is settled
 * by the record: whoever is first on it, and the other is told.
 */
import type { Draft, Entry } from '../../core/entry.ts';
import type { EventId, Millis, Position, RoomId, UserId } from '../../core/ids.ts';
import type { OpenJournal } from '../../journal/open-journal.ts';
import { holdPlacedAt, type Hold } from './hold-store.ts';

export interface ReleasingDeps {
  readonly journal: Pick<OpenJournal, 'append' | 'read' | 'views'>;
  /** Whether one officer alone can't release a hold. */
  readonly fourEyes: boolean;
}

/** An officer's word about one hold: by the command, by ✅ or by ❌ on the card. */
export interface HoldWord {
  readonly says: 'release' | 'yes' | 'no';
  readonly placed: Position;
  readonly by: UserId;
  /** The command or the tap. */
  readonly event: EventId;
  readonly room: RoomId;
  readonly at: Millis;
}

/** What has come of it: `own`, somebody else has to agree; `over`, it was decided before, by the entry that is told. */
export type Released =
  { readonly is: 'released' | 'asked' | 'refused' | 'own' | 'none' } | { readonly is: 'over'; readonly by: Entry };

interface Standing {
  readonly hold: Hold;
  /** The entry that put it where it stands. */
  readonly by: Entry;
}

/** Said again after a crash, it is said once. @throws JournalDown */
export async function sayOfHold(deps: ReleasingDeps, word: HoldWord): Promise<Released> {
  const before = await standingOf(deps, word);
  if (before === undefined) return { is: 'none' };
  const known = outcome(before, word);
  if (known !== undefined) return known;
  const draft = draftOf(before, word, deps.fourEyes);
  if (draft === undefined) return { is: 'own' };
  await deps.journal.append([draft]);
  const after = await standingOf(deps, word);
  if (after === undefined) return { is: 'none' };
  return outcome(after, word) ?? { is: 'over', by: after.by };
}

async function standingOf({ journal }: ReleasingDeps, { placed }: HoldWord): Promise<Standing | undefined> {
  const hold = await journal.views.read((reading) => holdPlacedAt(reading, journal.views.sealer, placed));
  const by = hold === undefined ? undefined : await journal.read(hold.changed);
  return hold === undefined || by === undefined || 'erased' in by ? undefined : { hold, by };
}

/** Undefined while this word can still do something. */
function outcome({ hold, by }: Standing, word: HoldWord): Released | undefined {
  const isThis = by.source.id === sourceId(word);
  if (hold.state === 'released') return isThis ? { is: 'released' } : { is: 'over', by };
  if (hold.state === 'release-asked') return isThis ? { is: 'asked' } : undefined;
  if (isThis) return { is: 'refused' };
  return word.says === 'release' ? undefined : { is: 'over', by };
}

/** Undefined where who asked would agree to it as well. */
function draftOf({ hold, by }: Standing, word: HoldWord, fourEyes: boolean): Draft | undefined {
  const { placed, hold: name } = hold;
  const base = {
    ...{ at: word.at, actor: word.by, room: word.room },
    source: { system: 'gatehouse', id: sourceId(word), sure: true },
  };
  const body = { hold: name, placed, by: word.by };
  if (word.says === 'no') return { kind: 'hold.release-requested', ...base, body: { ...body, refused: true } };
  if (!fourEyes) return { kind: 'hold.released', ...base, body };
  if (hold.state === 'standing') return { kind: 'hold.release-requested', ...base, body };
  const asked = by.kind === 'hold.release-requested' ? by.body.by : word.by;
  if (asked === word.by) return undefined;
  return { kind: 'hold.released', ...base, body: { ...body, by: asked, approvedBy: word.by } };
}

function sourceId({ event, placed }: HoldWord): string {
  return `hold.word/${event}/${String(placed)}`;
}
