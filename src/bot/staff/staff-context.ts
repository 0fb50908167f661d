/** What a staff command is given: where it was typed, and the little it may do. */
import type { Clock } from '../../core/clock.ts';
import type { EntryBodies, EntryOf, Source, Where } from '../../core/entry.ts';
import type { ConnectorId, EventId, Position, RoomId } from '../../core/ids.ts';
import type { Line, StaffDirectory } from '../../core/line.ts';
import type { Connector } from '../../core/ports/connector.ts';
import type { Recorder } from '../../core/ports/recorder.ts';
import type { KnownVerdict } from '../../policy/verdicts/verdict-store.ts';
import type { Incoming } from '../incoming.ts';
import type { PortalHere, Portals } from '../portals.ts';

interface Warned {
  readonly verdict: EntryOf<'policy.verdict'>;
  readonly sender: string;
}

/** What rules warned of, or refused. */
export interface Warnings {
  /** The newest verdict on this message that held it. */
  ofMessage(of: Position): Promise<KnownVerdict | undefined>;
  /** The refusal that our message `event` in this room told of. */
  refusal(room: RoomId, event: EventId): Promise<EntryOf<'policy.refused'> | undefined>;
  /** The verdict on what stands there already, of which our message `event` in this room warned, and who wrote that. */
  warned(room: RoomId, event: EventId): Promise<Warned | undefined>;
}

/** What staff may ask a network. */
export type StaffConnector = Pick<Connector, 'resolve' | 'templates' | 'capabilities' | 'refuses'>;

export interface StaffTools {
  readonly domain: string;
  readonly recorder: Pick<Recorder, 'append'>;
  readonly staff: Pick<StaffDirectory, 'isStaff' | 'linesOf'>;
  readonly portals: Portals;
  /** Undefined where the config has it no more, or it isn't made yet. */
  readonly connectors: (id: ConnectorId) => StaffConnector | undefined;
  readonly warnings: Warnings;
  readonly clock: Pick<Clock, 'now'>;
  /** By how much our clock was ahead of the homeserver's when this entry came, in milliseconds; as good as 0 without it. */
  readonly skewAt?: (position: Position) => Promise<number>;
}

export interface StaffContext {
  readonly message: Incoming;
  /** Undefined in a chat with @gatehouse. */
  readonly portal: PortalHere | undefined;
  readonly tools: StaffTools;
}

type Wish = 'portal.wanted' | 'delivery.retry' | 'delivery.abandoned' | 'policy.overridden';
type WishOf = { readonly [K in Wish]: { readonly kind: K; readonly body: EntryBodies[K] } }[Wish];

/**
 * Puts on record what a command asks for, before it is answered. The record's id comes from the command's own event,
 * so that a command taken twice after a crash asks once.
 * @throws JournalDown when it can't be written: the command's task is then tried again.
 */
export async function put(context: StaffContext, wish: WishOf, line?: Pick<Line, 'id' | 'class'>): Promise<void> {
  const { message, portal, tools } = context;
  const source: Source = { system: 'gatehouse', id: `${wish.kind}/${message.event}`, sure: true };
  const where: Where = {
    actor: message.sender,
    ...(line === undefined ? {} : { line: line.id, class: line.class }),
    ...(line === undefined && portal !== undefined
      ? { portal: portal.portal, line: portal.line, room: message.room }
      : {}),
  };
  // When it was said: a text that reaches us late is treated as late (DESIGN 7), however it was asked for.
  await tools.recorder.append([{ ...wish, ...where, at: message.at, source }]);
}
