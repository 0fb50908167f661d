/** Task `reconcile.answer`: what the comparison found, in reply to the `!c gaps now` that asked for it. */
import { reportWords, type LineNamed } from '../../bridge/reconcile/report-words.ts';
import { RECONCILE_COMMAND } from '../../bridge/reconcile/reconcile-planner.ts';
import type { Entry, EntryOf, ErasedEntry } from '../../core/entry.ts';
import { parseUserId, type Position } from '../../core/ids.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import type { Answer } from '../answer.ts';
import { sendOnce, type Speaking } from '../answer-sender.ts';
import { turnAfter } from '../homeserver-turn.ts';
import type { Incoming } from '../incoming.ts';
import { answerContent } from '../render.ts';
import type { DeskContext } from './desk-context.ts';

export interface GapsResultDeps {
  readonly homeserver: Speaking & { readonly compliance: DeskContext['message']['sender'] };
  readonly read: (position: Position) => Promise<Entry | ErasedEntry | undefined>;
  readonly lines: readonly LineNamed[];
}

export function gapsResultTask({ homeserver, read, lines }: GapsResultDeps): TaskHandler {
  return async (task, entry, context): Promise<Turn> => {
    const report = 'erased' in entry || entry.kind !== 'reconcile.report' ? undefined : entry;
    const because = report?.body.because;
    const to = because === undefined ? undefined : commandOf(await read(because));
    if (report === undefined || to === undefined) return { to: 'done' };
    const content = answerContent(resultOf(report, lines), { to, command: RECONCILE_COMMAND });
    const as = homeserver.compliance;
    const event = { as, room: to.room, type: 'm.room.message', content, source: report.position, part: 'compared' };
    const sent = await sendOnce(homeserver, event, context.mayRepeat || task.attempts > 0);
    return sent.ok ? { to: 'done' } : turnAfter(sent.error);
  };
}

function resultOf({ position, body }: EntryOf<'reconcile.report'>, lines: readonly LineNamed[]): Answer {
  const { ok, homeserver } = body;
  const data = { ok, report: position, fetched: homeserver?.fetched ?? 0, missing: homeserver?.missing ?? 0 };
  return { code: ok ? 'ok' : 'failed', text: reportWords(body, lines).join('\n'), data, urgent: !ok };
}

/** The command as it is replied to; its words are not needed. */
function commandOf(entry: Entry | ErasedEntry | undefined): Incoming | undefined {
  if (entry === undefined || 'erased' in entry || entry.kind !== 'desk.command') return undefined;
  return incomingOf(entry);
}

function incomingOf({ position, at, recordedAt, actor, body }: EntryOf<'desk.command'>): Incoming | undefined {
  const sender = parseUserId(actor);
  if (!sender.ok) return undefined;
  const where = { room: body.room, event: body.event, sender: sender.value };
  return { position, at, recordedAt, ...where, text: '', plain: true };
}
