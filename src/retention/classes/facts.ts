/** What of a record says which classes hold for it. */
import type { EntryKind } from '../../core/entry.ts';
import type { ClassId, LineId, Millis, NetworkId, Position, RoomId } from '../../core/ids.ts';
import type { AssignedTo } from '../../core/retention-entries.ts';

export interface Facts {
  readonly position: Position;
  readonly kind: EntryKind;
  /** Of the header: the first. */
  readonly class: ClassId;
  readonly recordedAt: Millis;
  /** When it happened. */
  readonly at: Millis;
  /** It was fetched or imported long after it happened: its age runs from then. */
  readonly late: boolean;
  readonly line?: LineId | undefined;
  /** Its own, or its portal's. */
  readonly room?: RoomId | undefined;
  /** Those of its line, or the one it names. */
  readonly networks?: ReadonlySet<NetworkId> | undefined;
  readonly actor?: string | undefined;
  /** What was said of it afterwards: `flagged`, `quarantined`, `unscanned`, `rule:card-number`. */
  readonly marks: ReadonlySet<string>;
}

/** What an assignment looks at. */
export type Looks = Pick<Facts, 'kind' | 'line' | 'room' | 'networks' | 'actor' | 'marks'>;

/** Everything that `to` names must fit. */
export function fits(to: AssignedTo, facts: Looks): boolean {
  const { line, rooms, users, network, kind, verdict } = to;
  return (
    unnamedOr(line, (it) => it === facts.line) &&
    unnamedOr(rooms, (some) => some.some((room) => room === facts.room)) &&
    unnamedOr(users, (some) => some.some((user) => user === facts.actor)) &&
    unnamedOr(network, (it) => facts.networks?.has(it) === true) &&
    unnamedOr(kind, (it) => facts.kind === it || facts.kind.startsWith(`${it}.`)) &&
    unnamedOr(verdict, (it) => facts.marks.has(it) || facts.marks.has(`rule:${it}`))
  );
}

function unnamedOr<T>(named: T | undefined, is: (named: T) => boolean): boolean {
  return named === undefined || is(named);
}
