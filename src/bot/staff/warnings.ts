/** What rules warned of, by the record. */
import type { Entry, ErasedEntry } from '../../core/entry.ts';
import type { EventId, Position, RoomId, UserId } from '../../core/ids.ts';
import type { Views } from '../../journal/journal.ts';
import { holds } from '../../policy/verdicts/verdict-moves.ts';
import { verdictsOf } from '../../policy/verdicts/verdict-store.ts';
import { sourceSaid } from '../portals.ts';
import type { Warnings } from './staff-context.ts';

export interface WarningsDeps {
  readonly views: Views;
  readonly read: (position: Position) => Promise<Entry | ErasedEntry | undefined>;
  readonly entryOfEvent: (event: EventId) => Promise<Entry | ErasedEntry | undefined>;
  readonly isOurs: (user: UserId) => boolean;
}

export function warningsIn(deps: WarningsDeps): Warnings {
  return {
    ofMessage: async (of) => {
      const verdicts = await deps.views.read((reading) => verdictsOf(reading, of));
      return verdicts.find(({ consequence }) => holds(consequence));
    },
    refusal: async (room, event) => {
      const refusal = await toldOf(deps, room, event);
      return refusal?.kind === 'policy.refused' ? refusal : undefined;
    },
    warned: async (room, event) => {
      const verdict = await toldOf(deps, room, event);
      if (verdict?.kind !== 'policy.verdict' || verdict.body.consequence !== 'warn') return undefined;
      const message = await deps.read(verdict.body.of);
      if (message === undefined || 'erased' in message || message.kind !== 'matrix.event') return undefined;
      return { verdict, sender: message.body.sender };
    },
  };
}

/** What our message told of. */
async function toldOf(deps: WarningsDeps, room: RoomId, event: EventId): Promise<Entry | undefined> {
  const said = await deps.entryOfEvent(event);
  const about = said === undefined ? undefined : await sourceSaid(deps, room, said);
  const entry = about === undefined ? undefined : await deps.read(about);
  return entry === undefined || 'erased' in entry ? undefined : entry;
}
