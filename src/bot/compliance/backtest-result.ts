/** Task `policy.backtest-answer`: what the back-test found, in reply to the `!c rule backtest` that asked for it. */
import type { Clock } from '../../core/clock.ts';
import type { Entry, EntryOf, ErasedEntry } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { Desk } from '../../core/line.ts';
import type { Homeserver } from '../../core/ports/homeserver.ts';
import type { Recorder } from '../../core/ports/recorder.ts';
import type { Views } from '../../journal/journal.ts';
import type { RuleHit } from '../../policy/verdict.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import type { Answer } from '../answer.ts';
import { sendOnce } from '../answer-sender.ts';
import { turnAfter } from '../homeserver-turn.ts';
import type { Incoming } from '../incoming.ts';
import { answerContent, fitted } from '../render.ts';
import { backtestWords } from './backtest-words.ts';
import { commandRecord } from './command-record.ts';
import type { DeskTools } from './desk-context.ts';
import { deskAt } from './desk-room-of.ts';
import { silenceAt } from './desk-silence.ts';
import { maskedSnippet } from './masked-text.ts';
import { betweenWhom } from './record-line.ts';
import { grouped, shownTime } from './shown-time.ts';

export interface BacktestResultDeps {
  readonly homeserver: Pick<
    Homeserver,
    'send' | 'findEcho' | 'upload' | 'members' | 'state' | 'isOurs' | 'compliance' | 'domain'
  >;
  readonly recorder: Pick<Recorder, 'append'>;
  readonly views: Pick<Views, 'read'>;
  readonly desks: readonly Desk[];
  readonly tools: Pick<DeskTools, 'read' | 'shown' | 'rules'>;
  readonly clock: Pick<Clock, 'now'>;
}

const DONE: Turn = { to: 'done' };
const COMMAND = 'rule';

type Report = EntryOf<'policy.backtested'>;

export function backtestResultTask(deps: BacktestResultDeps): TaskHandler {
  return async (task, entry, context): Promise<Turn> => {
    if ('erased' in entry || entry.kind !== 'policy.backtested') return DONE;
    const to = commandOf(await deps.tools.read(entry.body.because));
    const desk = to === undefined ? undefined : await deskAt(deps.views, deps.desks, to.room);
    if (to === undefined || desk === undefined) return DONE;
    const silence = await silenceAt(deps.homeserver, desk, to.room);
    if (!silence.ok) return turnAfter(silence.error);
    // Where a stranger reads along, the numbers are told and nothing is quoted.
    const examples = silence.value === undefined ? await examplesOf(entry, desk, deps) : [];
    const answer = answerOf(entry, examples);
    await deps.recorder.append([
      commandRecord({ desk: desk.id, message: to, clock: deps.clock }, { command: COMMAND, answer }),
    ]);
    const content = answerContent(fitted(answer, COMMAND), { to, command: COMMAND });
    const at = { as: deps.homeserver.compliance, room: to.room, source: entry.position, part: 'backtested' };
    const look = context.mayRepeat || task.attempts > 0;
    const sent = await sendOnce(deps.homeserver, { ...at, type: 'm.room.message', content }, look);
    return sent.ok ? DONE : turnAfter(sent.error);
  };
}

interface Example {
  readonly position: Position;
  readonly line: string;
}

function answerOf({ position, body }: Report, examples: readonly Example[]): Answer {
  const { rule, judged, flagged, violations, falsePositives, unfit } = body;
  const lines = [...backtestWords(body), ...examples.map(({ line }) => line)];
  const data = { rule, judged, flagged, violations, falsePositives, report: position };
  return {
    code: unfit === undefined ? 'ok' : 'failed',
    text: lines.join('\n'),
    data,
    positions: examples.map((one) => one.position),
  };
}

/** Newest first; what was found is found again, so that it can be masked: nothing of it is kept. */
async function examplesOf({ body }: Report, desk: Desk, deps: BacktestResultDeps): Promise<readonly Example[]> {
  const { tools, clock, homeserver } = deps;
  const shown: { readonly entry: Entry; readonly text: string; readonly who: string }[] = [];
  for (const position of body.examples.toReversed()) {
    const entry = await tools.read(position);
    if (entry === undefined || 'erased' in entry) continue;
    const record = await tools.shown(entry);
    shown.push({ entry, text: record.text ?? '', who: betweenWhom(record, homeserver.domain) });
  }
  const texts = shown.map(({ text }) => text);
  const hits = (await tools.rules?.findingsIn(body.rule, texts)) ?? [];
  return shown.map(({ entry, text, who }, i) => {
    const time = shownTime(entry.at, desk.timezone, clock.now());
    const head = `${grouped(entry.position)} ${time} ${who}`.trimEnd();
    return { position: entry.position, line: `${head} “${maskedSnippet(text, keptOf(hits[i]))}”` };
  });
}

function keptOf(hit: RuleHit | undefined): Parameters<typeof maskedSnippet>[1] {
  if (hit === undefined) return [];
  const findings = hit.findings.map(({ by, what, span, confidence, masked, tricks, over }) => ({
    ...{ by: 'detector' in by ? `detector:${by.detector}` : 'words', what },
    ...{ start: span.start, end: span.end, confidence, masked, tricks, over },
  }));
  return [{ findings }];
}

/** The command as it is replied to; its words are not needed. */
function commandOf(entry: Entry | ErasedEntry | undefined): Incoming | undefined {
  if (entry === undefined || 'erased' in entry || entry.kind !== 'policy.backtest-asked') return undefined;
  const { position, at, recordedAt, body } = entry;
  return { position, at, recordedAt, room: body.room, event: body.event, sender: body.by, text: '', plain: true };
}
