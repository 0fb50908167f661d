/** The back-test's part in the writer: the job that follows from the asking, and the answer that follows from the report. */
import type { Entry } from '../../core/entry.ts';
import { lane } from '../../core/ids.ts';
import type { TaskDraft, WriterPart } from '../../journal/projection.ts';

export const BACKTEST = 'policy.backtest';
/** Done by @compliance: the report, in reply to the command. */
export const BACKTEST_ANSWER = 'policy.backtest-answer';

/** One runs at a time. The same command recorded with other words, after a crash, asks for nothing more. */
function plan(entry: Entry): readonly TaskDraft[] {
  if (entry.kind === 'policy.backtest-asked') {
    return entry.source.conflictWith === undefined ? [{ kind: BACKTEST, lane: lane('room', 'backtest') }] : [];
  }
  if (entry.kind !== 'policy.backtested') return [];
  return [{ kind: BACKTEST_ANSWER, lane: lane('room', 'backtested') }];
}

export function backtestWriterPart(): WriterPart {
  return {
    projections: [],
    planners: [{ name: 'backtest', reads: [], plan: (entry) => Promise.resolve(plan(entry)) }],
  };
}
