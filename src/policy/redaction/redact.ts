/**
 * Task `policy.redact`: what a rule wants gone from a room is taken away there, in a portal by our own power, elsewhere
 * by the admin's token. The original stays on record. Done twice it is one redaction: ours has its transaction, and the
 * homeserver leaves alone what is redacted. So it may die at any line, and what was done is on record once.
 */
import type { Clock } from '../../core/clock.ts';
import type { Draft, Entry, EntryOf, ErasedEntry } from '../../core/entry.ts';
import { homeserverGate, parseMillis, type Position } from '../../core/ids.ts';
import type { PolicyBodies } from '../../core/policy-entries.ts';
import type { Homeserver, HomeserverFailure } from '../../core/ports/homeserver.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { TaskHandler, TaskKind, Turn } from '../../tasks/task.ts';
import { RULE_REASON } from './reason.ts';

export const REDACT = 'policy.redact';

export interface RedactDeps {
  readonly journal: { read(position: Position): Promise<Entry | ErasedEntry | undefined> };
  readonly homeserver: Pick<Homeserver, 'redact' | 'findEcho' | 'gatehouse'> & Pick<Homeserver, 'takeBack'>;
  readonly clock: Clock;
}

type How = PolicyBodies['policy.redacted']['how'];
type Verdict = EntryOf<'policy.verdict'>;
type Event = EntryOf<'matrix.event'>;

interface Redacting {
  readonly verdict: Verdict;
  readonly event: Event;
  /** The record that it is of: a message, or the command that asked for one. */
  readonly of: Position;
  /** An earlier turn may have done it. */
  readonly look: boolean;
}

const DONE: Turn = { to: 'done' };

export function redactTask(deps: RedactDeps): TaskKind {
  const run: TaskHandler = async (task, entry, context) => {
    const verdict = verdictIn(entry);
    if (verdict === undefined) return DONE;
    const look = context.mayRepeat || task.attempts > 0;
    const entries: Draft[] = [];
    for (const target of await targetsOf(verdict, deps)) {
      const how = await redacted({ ...target, verdict, look }, deps);
      if (!how.ok) return turnOf(how.error);
      entries.push(redactedDraft({ ...target, verdict }, how.value, deps.clock));
    }
    return { to: 'done', entries };
  };
  /** Given up: somebody is told that it still stands there. */
  const dead: NonNullable<TaskKind['dead']> = async (_task, entry) => {
    const verdict = verdictIn(entry);
    if (verdict === undefined) return [];
    const targets = await targetsOf(verdict, deps);
    return targets.map((target) => redactedDraft({ ...target, verdict }, 'not-possible', deps.clock));
  };
  return { run, dead };
}

function verdictIn(entry: Entry | ErasedEntry): Verdict | undefined {
  return 'erased' in entry || entry.kind !== 'policy.verdict' ? undefined : entry;
}

/**
 * The message, the edit that was judged, and the earlier messages over which a finding stretches. Of an edit both: without
 * it the room would show the text of before, which nobody has judged.
 */
async function targetsOf(
  { body }: Verdict,
  { journal }: RedactDeps,
): Promise<readonly Pick<Redacting, 'event' | 'of'>[]> {
  const acting = body.hits.filter(({ dryRun, consequence }) => !dryRun && wantsAway.has(consequence));
  const over = acting.flatMap(({ findings }) => findings.flatMap((finding) => finding.over));
  const positions = new Set([body.of, ...(body.version === undefined ? [] : [body.version]), ...over]);
  const targets: Pick<Redacting, 'event' | 'of'>[] = [];
  for (const of of positions) {
    const event = await eventOf(of, journal);
    if (event !== undefined) targets.push({ of, event });
  }
  return targets;
}

const wantsAway: ReadonlySet<string> = new Set(['redact', 'quarantine', 'block']);

/** A first text that was asked for with a command stands in that command. */
async function eventOf(of: Position, journal: RedactDeps['journal']): Promise<Event | undefined> {
  const entry = await journal.read(of);
  const said = entry?.kind === 'portal.wanted' && !('erased' in entry) ? await journal.read(entry.body.because) : entry;
  return said === undefined || 'erased' in said || said.kind !== 'matrix.event' ? undefined : said;
}

type Way = (redacting: Redacting, deps: RedactDeps) => Promise<Result<boolean, HomeserverFailure>>;

/**
 * In a portal only by our own power: there a redaction in its sender's name would be their own wish to withdraw it.
 * What fails for good leaves it to the next way.
 */
async function redacted(redacting: Redacting, deps: RedactDeps): Promise<Result<How, HomeserverFailure>> {
  const ways: readonly (readonly [How, Way])[] =
    redacting.event.portal === undefined
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
  { verdict, event, of, look }: Redacting,
  { homeserver }: RedactDeps,
): Promise<Result<boolean, HomeserverFailure>> {
  const as = homeserver.gatehouse;
  const at = { as, room: event.body.room_id, source: verdict.position, part: `redact-${of}` };
  const before = look ? await homeserver.findEcho({ ...at, since: verdict.recordedAt }) : ok(undefined);
  if (!before.ok || before.value !== undefined) return before.ok ? ok(true) : before;
  const done = await homeserver.redact({ ...at, event: event.body.event_id, reason: RULE_REASON });
  return done.ok ? ok(true) : done;
}

async function byAdmin({ event }: Redacting, { homeserver }: RedactDeps): Promise<Result<boolean, HomeserverFailure>> {
  const { sender, room_id: room, event_id, origin_server_ts, type } = event.body;
  const at = parseMillis(origin_server_ts);
  if (homeserver.takeBack === undefined || !at.ok) return ok(false);
  return homeserver.takeBack({ sender, room, event: event_id, type, at: at.value, reason: RULE_REASON });
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
  { verdict, event, of }: Pick<Redacting, 'verdict' | 'event' | 'of'>,
  how: How,
  clock: Pick<Clock, 'now'>,
): Draft {
  const { position, direction } = verdict;
  const { room, portal, line, contact, body } = event;
  return {
    kind: 'policy.redacted',
    at: clock.now(),
    source: { system: 'gatehouse', id: `redacted/${position}/${body.event_id}`, sure: true },
    ...(room === undefined ? {} : { room }),
    ...(portal === undefined ? {} : { portal }),
    ...(line === undefined ? {} : { line }),
    ...(contact === undefined ? {} : { contact }),
    ...(direction === undefined ? {} : { direction }),
    body: {
      ...{ of, verdict: position, event: body.event_id, how },
      ...(verdict.body.afterwards === true ? { afterwards: true } : {}),
    },
  };
}
