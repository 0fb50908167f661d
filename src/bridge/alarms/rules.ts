/**
 * What each alarm is about: pure functions of the facts of one look and of whether the alarm stands already. `unclear`
 * changes nothing: what can't be seen is neither raised nor cleared.
 */
import { connectorGate, must, parseAlarmId, type AlarmId, type Position } from '../../core/ids.ts';
import type { AlarmKind } from '../../core/watch-entries.ts';
import type { ConnectorFacts, Facts, GateFacts, LineFacts, TrafficWindow } from './facts.ts';
import type { AlarmLimits } from './limits.ts';

export type Judged = 'so' | 'over' | 'unclear';

export interface Finding {
  readonly alarm: AlarmId;
  readonly kind: AlarmKind;
  readonly is: Judged;
}

/** Positions at which the open alarms were raised. */
export type OpenAlarms = ReadonlyMap<AlarmId, Position>;

const WEEKS_WITH_TRAFFIC = 3;
const USUAL_LEAST = 5;
/** Fewer events say nothing of what is usual. */
const EVENTS_LEAST = 5;
/** Without an event for so long nothing lags, and nothing can be said. */
const NOTHING_NEW_MS = 10 * 60_000;

export function alarmId(kind: AlarmKind, subject = 'all'): AlarmId {
  return must(parseAlarmId(`${kind}:${subject}`));
}

/** Everything that stands still, or does not. An open alarm of which nothing is found is about something that is gone. */
export function judge(facts: Facts, open: OpenAlarms, limits: AlarmLimits): readonly Finding[] {
  const found = (kind: AlarmKind, is: Judged, subject?: string): Finding => ({
    alarm: alarmId(kind, subject),
    kind,
    is,
  });
  const isOpen = (kind: AlarmKind, subject?: string): boolean => open.has(alarmId(kind, subject));
  const failed = new Set(
    facts.connectors.filter((one) => one.failed === true).map((one) => connectorGate(one.connector)),
  );
  const gateJudged = (gate: GateFacts, isRaised: boolean): Judged =>
    failed.has(gate.gate) ? ofFailed(isRaised) : gateClosed(gate, isRaised, limits);
  const raisedAt = (line: LineFacts): Position | undefined => open.get(alarmId('line-silent', line.line));
  return [
    ...facts.lines.map((line) => found('line-silent', lineSilent(line, raisedAt(line)), line.line)),
    ...facts.connectors.map((one) => found('connector-stuck', connectorStuck(one, limits), one.connector)),
    ...facts.connectors.map((one) => found('connector-failed', one.failed === true ? 'so' : 'over', one.connector)),
    ...facts.gates.map((gate) =>
      found('tasks-waiting', gateJudged(gate, isOpen('tasks-waiting', gate.gate)), gate.gate),
    ),
    found('capture-lag', captureLag(facts, isOpen('capture-lag'), limits)),
    found('tasks-waiting', tasksWaiting(facts, limits)),
    found('homeserver-silent', homeserverSilent(facts, isOpen('homeserver-silent'), limits)),
    found('clock-jumped', Math.abs(facts.clock?.byMs ?? 0) > limits.clockMs ? 'so' : 'over'),
  ];
}

/**
 * A line that usually has traffic and has none. Usual is what the same window of the clock held in the four weeks before:
 * at least three of them had texts, and five on average; so nights, weekends and small lines raise nothing. Silence only
 * ends with a text: at night the same silence would seem usual again.
 */
export function lineSilent(line: LineFacts, raisedAt: Position | undefined): Judged {
  if (raisedAt !== undefined) return (line.newest ?? 0) > raisedAt ? 'over' : 'so';
  if (!line.reachable) return 'unclear';
  return silentWindow(line.windows) === undefined ? 'over' : 'so';
}

/** The longest window that is silent and usually is not. */
export function silentWindow(windows: readonly TrafficWindow[]): TrafficWindow | undefined {
  return windows.filter(isSilent).reduce<TrafficWindow | undefined>(longer, undefined);
}

export function usualIn({ before }: TrafficWindow): number {
  return before.length === 0 ? 0 : before.reduce((sum, n) => sum + n, 0) / before.length;
}

function isSilent(window: TrafficWindow): boolean {
  const weeks = window.before.filter((n) => n > 0).length;
  return window.now === 0 && weeks >= WEEKS_WITH_TRAFFIC && usualIn(window) >= USUAL_LEAST;
}

function longer(one: TrafficWindow | undefined, other: TrafficWindow): TrafficWindow {
  return one !== undefined && one.hours >= other.hours ? one : other;
}

/** Says it is connected and passes nothing: something waits on it, and nothing got through meanwhile, either way. */
export function connectorStuck(connector: ConnectorFacts, limits: Pick<AlarmLimits, 'stuckMs'>): Judged {
  const { connectedMs, passedMs, waitsMs = 0 } = connector;
  const passes = passedMs !== undefined && passedMs < limits.stuckMs;
  if (connectedMs === undefined || waitsMs < limits.stuckMs || passes) return 'over';
  return connectedMs < limits.stuckMs ? 'unclear' : 'so';
}

export function captureLag(
  { capture, upMs }: Pick<Facts, 'capture' | 'upMs'>,
  open: boolean,
  limits: Pick<AlarmLimits, 'lagWorstMs' | 'lagUsualMs'>,
): Judged {
  const { events, usualMs, worstMs, newestMs } = capture;
  if (events === 0) return open && (newestMs ?? upMs) < NOTHING_NEW_MS ? 'unclear' : 'over';
  if (worstMs > limits.lagWorstMs) return 'so';
  return events >= EVENTS_LEAST && usualMs > limits.lagUsualMs ? 'so' : 'over';
}

/** After a start everything that waited while we were away is old: it counts from the start. */
export function tasksWaiting(
  { waiting, upMs }: Pick<Facts, 'waiting' | 'upMs'>,
  limits: Pick<AlarmLimits, 'waitingMs'>,
): Judged {
  if (waiting === undefined || waiting.forMs <= limits.waitingMs) return 'over';
  return upMs <= limits.waitingMs ? 'unclear' : 'so';
}

/** The gate of a connector that can't begin is closed for that, which is told by itself; what was told before stands. */
function ofFailed(isRaised: boolean): Judged {
  return isRaised ? 'unclear' : 'over';
}

/** A rejected password is told at once and by itself. A gate that opens has no facts any more, so the alarm is over. */
export function gateClosed(gate: GateFacts, open: boolean, limits: Pick<AlarmLimits, 'gateMs'>): Judged {
  if (gate.reason === 'bad-credentials') return 'over';
  return open || gate.closedMs >= limits.gateMs ? 'so' : 'over';
}

export function homeserverSilent(
  { homeserver }: Pick<Facts, 'homeserver'>,
  open: boolean,
  limits: Pick<AlarmLimits, 'pingMs'>,
): Judged {
  const { failingMs, pinged, pushes } = homeserver;
  if (!pinged) return 'unclear';
  if (failingMs !== undefined) return open || failingMs >= limits.pingMs ? 'so' : 'over';
  return pushes === 'still' ? 'so' : 'over';
}
