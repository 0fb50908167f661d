/** What desks do by themselves about persons' requests. */
import type { Recorder } from '../../core/ports/recorder.ts';
import {
  DSAR_CARD,
  DSAR_CARD_DONE,
  DSAR_COPY,
  DSAR_ERASED_TOLD,
  DSAR_LOOKED_TOLD,
  DSAR_REMIND,
} from '../../retention/person/projections.ts';
import type { Views } from '../../journal/journal.ts';
import type { TaskHandlers } from '../../tasks/task.ts';
import { dsarCardDoneTask, dsarCardTask } from './dsar-card-task.ts';
import { dsarCopyTask, type DsarCopyDeps } from './dsar-copy-task.ts';
import { othersAmong } from './dsar-others.ts';
import { dsarRemindTask } from './dsar-remind-task.ts';
import { dsarErasedToldTask, dsarLookedToldTask } from './dsar-told.ts';
import type { DeskTools } from './desk-context.ts';

type Given = Pick<DsarCopyDeps, 'homeserver' | 'desks' | 'clock'> & {
  readonly journal: Pick<Recorder, 'append'> & { readonly views: Views };
  readonly tools: DeskTools;
};

export function dsarTasks({ journal, homeserver, clock, desks, tools }: Given): TaskHandlers {
  const { views } = journal;
  const desk = { homeserver, recorder: journal, views, desks, tools, clock };
  const { lines, country } = tools;
  const others = { views, networks: lines.map(({ network }) => network), country };
  const copy = dsarCopyTask({ ...desk, othersAmong: (given, than) => othersAmong(given, { ...others, than }) });
  return new Map([
    [DSAR_LOOKED_TOLD, { run: dsarLookedToldTask(desk) }],
    [DSAR_CARD, { run: dsarCardTask(desk) }],
    [DSAR_CARD_DONE, { run: dsarCardDoneTask(desk) }],
    [DSAR_COPY, { run: copy }],
    [DSAR_ERASED_TOLD, { run: dsarErasedToldTask(desk) }],
    [DSAR_REMIND, { run: dsarRemindTask(desk), patient: true }],
  ]);
}
