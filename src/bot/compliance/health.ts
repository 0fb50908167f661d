/** `!c health`: how it goes, worst first, short enough for a phone. */
import type { Millis } from '../../core/ids.ts';
import type { HealthReport, OpenAlarm } from '../../core/ports/health.ts';
import { answered, type Answer } from '../answer.ts';
import { command, takesNothing } from '../command.ts';
import { oneLine } from '../quote.ts';
import type { DeskContext } from './desk-context.ts';
import { grouped, shownTime } from './shown-time.ts';

export const health = command<DeskContext, undefined>({
  name: 'health',
  usage: '!c health',
  example: '!c health',
  summary: 'what works and what does not',
  where: ['desk'],
  parse: takesNothing,
  run: async (_, { tools, desk, clock }) => {
    const now = clock.now();
    return healthAnswer(await tools.health(), (at) => shownTime(at, desk.timezone, now));
  },
});

/** What is wrong, then what is merely worth knowing, then how far everything is. */
export function healthAnswer(report: HealthReport, time: (at: Millis) => string): Answer {
  const { alarms = [] } = report;
  const told = new Set(alarms.flatMap(gatesOf));
  const lines = [
    report.ok ? 'All well ✓' : 'Something is wrong ✗',
    ...alarms.map((alarm) => `✗ ${oneLine(alarm.words)} (since ${time(alarm.since)})`),
    ...report.closedGates.filter(({ gate }) => !told.has(gate)).map(waitLine),
    ...report.stale.map((name) => `Stale: ${name}. The admin runs gatehouse rebuild.`),
    ...report.warnings.map((warning) => `! ${oneLine(warning)}`),
    `Database ${report.database} · homeserver ${report.homeserver}`,
    ...Object.entries(report.connectors).map(([id, state]) => `${id}: ${state}`),
    tasksLine(report.tasks),
    ...lagLine(report),
    ...gapsLine(report, time),
    ...policyLines(report, time),
    ...presendLine(report, time),
    ...unreadableLine(report),
    ...crossedLine(report),
    `Record ${grouped(report.record.size)} · signed to ${grouped(report.record.checkpoint)}`,
    ...diskLine(report),
  ];
  const data = {
    ok: report.ok,
    size: report.record.size,
    checkpoint: report.record.checkpoint,
    dead: report.tasks.dead,
    alarms: alarms.map(({ alarm }) => alarm),
    gaps: report.gaps?.open ?? 0,
    quarantined: report.policy?.quarantined ?? 0,
  };
  return answered(lines.join('\n'), { data });
}

/** An alarm of a closed gate says what the gate's own line would. */
function gatesOf({ alarm, kind }: OpenAlarm): readonly string[] {
  return kind === 'tasks-waiting' ? [alarm.slice(kind.length + 1)] : [];
}

const REASONS: Readonly<Partial<Record<string, string>>> = {
  'provider-down': "doesn't answer",
  'homeserver-down': "doesn't answer",
  'bad-credentials': 'does not let us in',
  'rate-limited': 'asked us to slow down',
};

/** What is held back, by what, in words; a reason without any is shown as it is. */
function waitLine({ gate, reason }: HealthReport['closedGates'][number]): string {
  const name = gate.replace(/^(?:connector|line):/u, '');
  return `Messages wait: ${oneLine(name)} ${REASONS[reason] ?? `(${oneLine(reason)})`}`;
}

function tasksLine(tasks: HealthReport['tasks']): string {
  const oldest = tasks.ready > 0 ? `, oldest ${grouped(Math.round(tasks.oldestReadyMs / 1_000))} s` : '';
  return `Under way ${grouped(tasks.ready)}${oldest} · given up ${grouped(tasks.dead)}`;
}

/** A second is as good as at once. */
function lagLine({ capture }: HealthReport): readonly string[] {
  if (capture === undefined) return [];
  const seconds = Math.round(capture.usualMs / 1_000);
  return [seconds <= 1 ? 'On record at once' : `On record within ${grouped(seconds)} s`];
}

function gapsLine({ gaps }: HealthReport, time: (at: Millis) => string): readonly string[] {
  if (gaps === undefined) return [];
  const open = gaps.open === 0 ? 'No gaps' : `${grouped(gaps.open)} gap${gaps.open === 1 ? '' : 's'} not repaired yet`;
  return [gaps.lookedAt === undefined ? open : `${open} · compared with the homeserver ${time(gaps.lookedAt)}`];
}

/** What waits for an officer, what nobody could look at, by what is judged. */
function policyLines({ policy }: HealthReport, time: (at: Millis) => string): readonly string[] {
  if (policy === undefined) return [];
  const { rules, changed, quarantined, oldestMs = 0, unscanned, failed } = policy;
  const oldest = quarantined === 0 ? '' : `, oldest ${grouped(Math.floor(oldestMs / 60_000))} min`;
  const day = [
    ...(unscanned === 0 ? [] : [`unscanned ${grouped(unscanned)}`]),
    ...(failed === 0 ? [] : [`not judged ${grouped(failed)}`]),
  ];
  const since = changed === undefined ? '' : `, changed ${time(changed)}`;
  return [
    `Quarantined ${grouped(quarantined)}${oldest}`,
    ...(day.length === 0 ? [] : [`In 24 h ${day.join(' · ')}`]),
    rules === 0 ? 'No rules in force' : `Rules ${grouped(rules)} in force${since}`,
  ];
}

function presendLine({ presend }: HealthReport, time: (at: Millis) => string): readonly string[] {
  if (presend === undefined) return [];
  const { asked, refused, unjudged, slowMs } = presend;
  const when = asked === undefined ? 'Synapse has not asked yet' : `Synapse asked last ${time(asked)}`;
  const within = slowMs === undefined ? [] : [`99 of 100 answered in ${grouped(Math.ceil(slowMs))} ms`];
  return [[when, `refused ${grouped(refused)}`, `not judged ${grouped(unjudged)}`, ...within].join(' · ')];
}

function unreadableLine({ unreadable }: HealthReport): readonly string[] {
  if (unreadable === undefined || unreadable.rooms === 0) return [];
  const { rooms, messages, names } = unreadable;
  const more = rooms > names.length ? ` and ${grouped(rooms - names.length)} more` : '';
  const what = `${grouped(rooms)} ${rooms === 1 ? 'room' : 'rooms'}, ${grouped(messages)} ${messages === 1 ? 'message' : 'messages'}`;
  return [`Unreadable ${what}: ${names.map((name) => oneLine(name)).join(', ')}${more}`];
}

function crossedLine({ crossed = 0 }: HealthReport): readonly string[] {
  return crossed === 0 ? [] : [`People kept apart share ${grouped(crossed)} ${crossed === 1 ? 'room' : 'rooms'}`];
}

const GB = 1024 ** 3;

function diskLine({ disk }: HealthReport): readonly string[] {
  if (disk === undefined) return [];
  const share = Math.floor((disk.freeBytes / Math.max(1, disk.totalBytes)) * 100);
  return [`Disk ${(disk.freeBytes / GB).toFixed(1)} GB free (${String(share)} %)`];
}
