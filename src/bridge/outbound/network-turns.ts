/** What holds a message before its network is asked, and what follows from "too fast". */
import type { Clock } from '../../core/clock.ts';
import { connectorGate, lineGate, type GateId } from '../../core/ids.ts';
import type { Line } from '../../core/line.ts';
import type { Connector } from '../../core/ports/connector.ts';
import type { Turn, TurnContext } from '../../tasks/task.ts';
import type { Portal } from '../portals/portal-store.ts';

/** A network that wants nothing for so long is as good as down: health and rooms are told. */
const GATE_FROM_MS = 30_000;

interface Way {
  readonly portal: Pick<Portal, 'address'>;
  readonly line: Line;
  readonly connector: Connector;
}

export function gatesOf(line: Line): readonly GateId[] {
  return [connectorGate(line.connector), lineGate(line.id)];
}

/** Behind a closed gate nothing is attempted and nothing recorded. */
export function shutGate({ line }: Way, context: TurnContext): Turn | undefined {
  const gate = gatesOf(line).find((one) => context.closed?.(one) === true);
  return gate === undefined ? undefined : { to: 'gate', gate, reason: context.why?.(gate) ?? 'provider-down' };
}

/** Until its turn comes at the network's rate nothing is attempted and nothing recorded. */
export function inLine({ connector, line, portal }: Way): Extract<Turn, { to: 'aside' }> | undefined {
  const until = connector.place?.({ from: line.address, to: portal.address });
  return until === undefined ? undefined : { to: 'aside', until };
}

/** A short "too fast" is waited out as the first in line, while the others go slower; only a long one closes the gate. */
export function slowedDown(turn: Turn, way: Way): Turn {
  const slowed = turn.to === 'gate' && turn.reason === 'rate-limited' && (turn.afterMs ?? 0) < GATE_FROM_MS;
  if (!slowed || way.connector.place === undefined) return turn;
  const { until } = inLine(way) ?? { until: Promise.resolve() };
  return { to: 'aside', until, entries: turn.entries ?? [] };
}

/** As soon and as late as whoever judges may want to be asked again. */
const ASK_AGAIN_MS = { least: 50, most: 60_000 };

/** Nothing is counted against the message. */
export function askAgain(afterMs: number, clock: Clock): Turn {
  const { promise: until, resolve } = Promise.withResolvers<undefined>();
  const ms = Math.min(Math.max(afterMs, ASK_AGAIN_MS.least), ASK_AGAIN_MS.most);
  clock.after(ms, () => {
    resolve(undefined);
  });
  return { to: 'aside', until };
}
