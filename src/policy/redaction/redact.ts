/**
 * Task `policy.redact`: what a rule wants gone from a room is taken away there, in a portal by our own power, elsewhere
 * by the admin's token. The original stays on record. Done twice it is one redaction: ours has its transaction, and the
 * homeserver leaves alone what is redacted. So it may die at any line, and what was done is on record once.
 */
import type { Clock } from '../../core/clock.ts';
import type { Draft, Entry, ErasedEntry } from '../../core/entry.ts';
import { homeserverGate, parseMillis } from '../../core/ids.ts';
import type { PolicyBodies } from '../../core/policy-entries.ts';
import type { Homeserver, HomeserverFailure } from '../../core/ports/homeserver.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { TaskHandler, TaskKind, Turn } from '../../tasks/task.ts';
import { RULE_REASON } from './reason.ts';
import { shownTooLate, targetsOf, type Target, type TargetDeps, type Verdict } from './targets.ts';

export const REDACT = 'policy.redact';

export interface RedactDeps extends TargetDeps {
  readonly homeserver: Pick<Homeserver, 'redact' | 'findEcho' | 'gatehouse'> & Pick<Homeserver, 'takeBack'>;
  readonly clock: Clock;
}

type How = PolicyBodies['policy.redacted']['how'];

interface Redacting extends Target {
  readonly verdict: Verdict;
  /** An earlier turn may have done it. */
  readonly look: boolean;
}

const DONE: Turn = { to: 'done' };

export function redactTask(deps: RedactDeps): TaskKind {
  const run: TaskHandler = async (task, entry, context) => {
    const { verdict, targets } = (await wantedBy(entry, deps)) ?? nothing;
    if (verdict === undefined) return DONE;
    const look = context.mayRepeat || task.attempts > 0;
    const entries: Draft[] = [];
    for (const target of targets) {
      const how = await redacted({ ...target, verdict, look }, deps);
      if (!how.ok) return turnOf(how.error);
      entries.push(redactedDraft({ ...target, verdict }, how.value, deps.clock));
    }
    return { to: 'done', entries };
  };
  /** Given up: somebody is told that it still stands there. */
  const dead: NonNullable<TaskKind['dead']> = async (_task, entry) => {
    const { verdict, targets } = (await wantedBy(entry, deps)) ?? nothing;
    if (verdict === undefined) return [];
    return targets.map((target) => redactedDraft({ ...target, verdict }, 'not-possible', deps.clock));
  };
  return { run, dead };
}

interface Wanted {
  readonly verdict: Verdict;
  readonly targets: readonly Target[];
}
const nothing = { verdict: undefined, targets: [] };

async function wantedBy(entry: Entry | ErasedEntry, deps: RedactDeps): Promise<Wanted | undefined> {
  if ('erased' in entry) return undefined;
  if (entry.kind === 'delivery.outcome') return shownTooLate(entry, deps);
  return entry.kind === 'policy.verdict' ? { verdict: entry, targets: await targetsOf(entry, deps) } : undefined;
}

type Way = (redacting: Redacting, deps: RedactDeps) => Promise<Result<boolean, HomeserverFailure>>;

/**
 * In a portal only by our own power: there a redaction in its sender's name would be their own wish to withdraw it.
 * What fails for good leaves it to the next way.
 */
async function redacted(redacting: Redacting, deps: RedactDeps): Promise<Result<How, HomeserverFailure>> {
  const ways: readonly (readonly [How, Way])[] =
    redacting.entry.portal === undefined
      ? [
          ['admin', byAdmin],
          ['own-power', byOwnPower],
        ]
      : [['own-power', byOwnPower]];
  for (const [how, way] of ways) {
    const done = await way(redacting, deps);
    if (done.ok && done.value) return ok(how);
    if (!done.ok && mayPass(done.error)) return err(done.error);
  }
  return ok('not-possible');
}

async function byOwnPower(
  { verdict, event, room, part, look }: Redacting,
  { homeserver }: RedactDeps,
): Promise<Result<boolean, HomeserverFailure>> {
  const as = homeserver.gatehouse;
  const at = { as, room, source: verdict.position, part };
  const before = look ? await homeserver.findEcho({ ...at, since: verdict.recordedAt }) : ok(undefined);
  if (!before.ok || before.value !== undefined) return before.ok ? ok(true) : before;
  const done = await homeserver.redact({ ...at, event, reason: RULE_REASON });
  return done.ok ? ok(true) : done;
}

async function byAdmin(
  { written, room, event }: Redacting,
  { homeserver }: RedactDeps,
): Promise<Result<boolean, HomeserverFailure>> {
  if (written === undefined) return ok(false);
  const { sender, origin_server_ts, type } = written.body;
  const at = parseMillis(origin_server_ts);
  if (homeserver.takeBack === undefined || !at.ok) return ok(false);
  return homeserver.takeBack({ sender, room, event, type, at: at.value, reason: RULE_REASON });
}

/** The homeserver may do it when it is asked again. */
function mayPass({ kind }: HomeserverFailure): boolean {
  return kind === 'down' || kind === 'unclear' || kind === 'rate-limited';
}

function turnOf(failure: HomeserverFailure): Turn {
  switch (failure.kind) {
    case 'down':
      return { to: 'gate', gate: homeserverGate, reason: 'homeserver-down', detail: failure.detail };
    case 'rate-limited':
      return { to: 'retry', reason: 'rate-limited', afterMs: failure.afterMs };
    default:
      return { to: 'retry', reason: 'homeserver-refused' };
  }
}

function redactedDraft(
  { verdict, entry, room, event, of }: Target & Pick<Redacting, 'verdict'>,
  how: How,
  clock: Pick<Clock, 'now'>,
): Draft {
  const { position, direction } = verdict;
  const { portal, line, contact } = entry;
  return {
    kind: 'policy.redacted',
    at: clock.now(),
    source: { system: 'gatehouse', id: `redacted/${position}/${event}`, sure: true },
    room,
    ...(portal === undefined ? {} : { portal }),
    ...(line === undefined ? {} : { line }),
    ...(contact === undefined ? {} : { contact }),
    ...(direction === undefined ? {} : { direction }),
    body: {
      ...{ of, verdict: position, event, how },
      ...(verdict.body.afterwards === true ? { afterwards: true } : {}),
    },
  };
}
