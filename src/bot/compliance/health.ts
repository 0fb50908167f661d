/** `!c health`: how it goes, worst first. */
import type { HealthReport } from '../../core/ports/health.ts';
import { answered, type Answer } from '../answer.ts';
import { command, takesNothing } from '../command.ts';
import { oneLine } from '../quote.ts';
import type { DeskContext } from './desk-context.ts';
import { grouped } from './shown-time.ts';

export const health = command<DeskContext, undefined>({
  name: 'health',
  usage: '!c health',
  example: '!c health',
  summary: 'what works and what does not',
  where: ['desk'],
  parse: takesNothing,
  run: async (_, { tools }) => healthAnswer(await tools.health()),
});

export function healthAnswer(report: HealthReport): Answer {
  const lines = [
    report.ok ? 'All well ✓' : 'Something is wrong ✗',
    `Database ${report.database} · homeserver ${report.homeserver}`,
    ...Object.entries(report.connectors).map(([id, state]) => `${id}: ${state}`),
    ...report.closedGates.map(waitLine),
    ...report.stale.map((name) => `Stale: ${name}. The admin runs gatehouse rebuild.`),
    tasksLine(report.tasks),
    `Record ${grouped(report.record.size)} · signed to ${grouped(report.record.checkpoint)}`,
    ...report.warnings.map((warning) => `! ${oneLine(warning)}`),
  ];
  const data = {
    ok: report.ok,
    size: report.record.size,
    checkpoint: report.record.checkpoint,
    dead: report.tasks.dead,
  };
  return answered(lines.join('\n'), { data });
}

const REASONS: Readonly<Partial<Record<string, string>>> = {
  'provider-down': "doesn't answer",
  'homeserver-down': "doesn't answer",
  'bad-credentials': 'rejects our password',
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
