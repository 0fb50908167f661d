/**
 * `!c gaps`: whether everything that the homeserver has is on record. `!c gaps now` compares today's records: it takes
 * longer than a desk may be held up, so its result is a message of its own.
 */
import { reportWords, type LineNamed } from '../../bridge/reconcile/report-words.ts';
import type { Clock } from '../../core/clock.ts';
import type { GapSummary } from '../../core/ports/gap-sweep.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { answered, type Answer } from '../answer.ts';
import { command } from '../command.ts';
import type { Comparing, DeskContext } from './desk-context.ts';
import { grouped, shownTime } from './shown-time.ts';

export const gaps = command<DeskContext, 'show' | 'now'>({
  name: 'gaps',
  usage: '!c gaps [now]',
  example: '!c gaps',
  summary: 'whether everything is on record; now compares today',
  where: ['desk'],
  parse: (rest): Result<'show' | 'now', string> => {
    const typed = rest.toLowerCase();
    if (typed === '') return ok('show');
    return typed === 'now' ? ok('now') : err('Say !c gaps, or !c gaps now to compare today.');
  },
  run: async (what, { tools, desk, clock }) =>
    what === 'now' ? comparing : shown(await tools.comparing(), { timezone: desk.timezone, clock, lines: tools.lines }),
});

/** The code is what the comparison follows from. */
const comparing: Answer = answered('Comparing today with the homeserver and the providers. The result comes here.', {
  code: 'pending',
});

interface Shown {
  readonly timezone: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly lines: readonly LineNamed[];
}

function shown({ open, events, look, report }: Comparing, how: Shown): Answer {
  const gap = open === 0 ? 'No open gap ✓' : `Open: ${gapsOf(open)}, ${eventsOf(events)} being fetched`;
  const compared =
    report === undefined
      ? ['Not compared yet: !c gaps now compares today.']
      : [`Last comparison ${time(report.at, how)}`, ...reportWords(report.body, how.lines)];
  const data = {
    ...{ open, events },
    ...(look === undefined ? {} : { look: { at: look.at, rooms: look.rooms, events: look.events } }),
    ...(report === undefined ? {} : { report: report.position, ok: report.body.ok }),
  };
  return answered([gap, ...lookWords(look, how), ...compared].join('\n'), { data });
}

function lookWords(look: GapSummary | undefined, how: Shown): readonly string[] {
  if (look === undefined) return [];
  const unread = look.failedRooms === 0 ? '' : ` · ${grouped(look.failedRooms)} can't be read`;
  const cut = look.complete ? '' : ' · not finished, it goes on by itself';
  const found = look.events === 0 ? 'nothing was missing' : `${eventsOf(look.events)} fetched`;
  return [`Last look ${time(look.at, how)}: ${grouped(look.rooms)} rooms, ${found}${unread}${cut}`];
}

function time(at: GapSummary['at'], { timezone, clock }: Shown): string {
  return shownTime(at, timezone, clock.now());
}

function gapsOf(n: number): string {
  return `${grouped(n)} gap${n === 1 ? '' : 's'}`;
}

function eventsOf(n: number): string {
  return `${grouped(n)} event${n === 1 ? '' : 's'}`;
}
