/** When something counts as standing still. One object, so that a test or a trial can be quicker; nobody configures it. */
export interface AlarmLimits {
  /** Between two looks. */
  readonly lookMs: number;
  /** How long an alarm's cause must be gone before it is cleared. */
  readonly clearMs: number;
  /** A connector that is connected and passes nothing, and whoever waits for it. */
  readonly stuckMs: number;
  /** How late one event, and 95 of 100, may come on record. */
  readonly lagWorstMs: number;
  readonly lagUsualMs: number;
  /** How long a task may be ready before it runs. */
  readonly waitingMs: number;
  /** How long a gate may be closed before the desk is told. */
  readonly gateMs: number;
  /** How long the homeserver may leave our pings unanswered. */
  readonly pingMs: number;
  /** How long nothing may come on the archive stream before the homeserver is asked to bring something. */
  readonly quietMs: number;
  /** A clock that was set by more than this is told at the desk. */
  readonly clockMs: number;
  /** How often the lines' traffic is counted. */
  readonly trafficMs: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

export const standardLimits: AlarmLimits = {
  lookMs: 30 * SECOND,
  clearMs: 60 * SECOND,
  stuckMs: 2 * MINUTE,
  lagWorstMs: 5 * MINUTE,
  lagUsualMs: MINUTE,
  waitingMs: 5 * MINUTE,
  gateMs: 15 * MINUTE,
  pingMs: 2 * MINUTE,
  quietMs: 10 * MINUTE,
  clockMs: 60 * MINUTE,
  trafficMs: 5 * MINUTE,
};
