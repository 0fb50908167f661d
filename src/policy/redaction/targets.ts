/** What has to go from the rooms by a verdict that takes something away. */
import type { Entry, EntryOf, ErasedEntry } from '../../core/entry.ts';
import type { EventId, Position, RoomId } from '../../core/ids.ts';
import type { Views } from '../../journal/journal.ts';
import { verdictsOf } from '../verdicts/verdict-store.ts';
import { postOf } from './post-store.ts';

export type Verdict = EntryOf<'policy.verdict'>;

export interface Target {
  /** The record that it is of: a message, or the wish for a first text. */
  readonly of: Position;
  /** Says where it belongs. */
  readonly entry: Entry;
  readonly room: RoomId;
  readonly event: EventId;
  /** Names the redaction in its transaction. */
  readonly part: string;
  /** As its sender wrote it; absent for what we said ourselves, which is ours to take back. */
  readonly written?: EntryOf<'matrix.event'>;
}

export interface TargetDeps {
  readonly journal: {
    readonly views: Pick<Views, 'read'>;
    read(position: Position): Promise<Entry | ErasedEntry | undefined>;
  };
}

const wantsAway: ReadonlySet<string> = new Set(['redact', 'quarantine', 'block']);

/**
 * The message, the edit that was judged, and the earlier messages over which a finding stretches. Of an edit both: without
 * it the room would show the text of before, which nobody has judged.
 */
export async function targetsOf({ body }: Verdict, deps: TargetDeps): Promise<readonly Target[]> {
  const acting = body.hits.filter(({ dryRun, consequence }) => !dryRun && wantsAway.has(consequence));
  const over = acting.flatMap(({ findings }) => findings.flatMap((finding) => finding.over));
  const positions = new Set([body.of, ...(body.version === undefined ? [] : [body.version]), ...over]);
  const targets: Target[] = [];
  for (const of of positions) targets.push(...(await targetsAt(of, deps)));
  return targets;
}

/** A first text that was asked for with a command stands in that command, and where @gatehouse showed it. */
async function targetsAt(of: Position, deps: TargetDeps): Promise<readonly Target[]> {
  const { journal } = deps;
  const entry = await journal.read(of);
  if (entry === undefined || 'erased' in entry) return [];
  if (entry.kind !== 'portal.wanted') return eventTarget(of, entry);
  return [...eventTarget(of, await journal.read(entry.body.because)), ...(await postTarget(entry, deps))];
}

function eventTarget(of: Position, entry: Entry | ErasedEntry | undefined): readonly Target[] {
  if (entry === undefined || 'erased' in entry || entry.kind !== 'matrix.event') return [];
  const { room_id: room, event_id: event } = entry.body;
  return [{ of, entry, room, event, part: `redact-${of}`, written: entry }];
}

async function postTarget(
  entry: Entry & EntryOf<'portal.wanted'>,
  { journal }: TargetDeps,
): Promise<readonly Target[]> {
  const { position: of } = entry;
  const post = await journal.views.read((reading) => postOf(reading, of));
  return post === undefined ? [] : [{ ...post, of, entry, part: `redact-post-${of}` }];
}

/** What was shown after the verdict on it was on record: by whoever did not see that verdict. */
export async function shownTooLate(
  { body }: EntryOf<'delivery.outcome'>,
  deps: TargetDeps,
): Promise<{ readonly verdict: Verdict; readonly targets: readonly Target[] } | undefined> {
  const { journal } = deps;
  const entry = await journal.read(body.of);
  if (entry === undefined || 'erased' in entry || entry.kind !== 'portal.wanted') return undefined;
  const known = await journal.views.read((reading) => verdictsOf(reading, body.of));
  const at = known.find(({ consequence }) => consequence === 'redact')?.position;
  const verdict = at === undefined ? undefined : await journal.read(at);
  if (verdict === undefined || 'erased' in verdict || verdict.kind !== 'policy.verdict') return undefined;
  return { verdict, targets: await postTarget(entry, deps) };
}
