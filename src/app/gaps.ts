/** Looking for what the homeserver did not bring, joined to the record, the homeserver and the config. */
import { createGapHandler } from '../bridge/gaps/tell-gaps.ts';
import { GapKeeper } from '../bridge/gaps/gap-keeper.ts';
import { noteOpenSign, openSign } from '../bridge/gaps/look-notes.ts';
import { RestartHold } from '../bridge/gaps/restart-hold.ts';
import type { EventsOnRecord } from '../core/ports/room-history.ts';
import type { Warnings } from '../bridge/bridge-deps.ts';
import type { Config } from '../config/config.ts';
import type { Clock } from '../core/clock.ts';
import type { Log, Metrics } from '../core/ports/log.ts';
import type { OpenJournal } from '../journal/open-journal.ts';
import type { JournalReader } from '../journal/reader.ts';
import type { Matrix } from '../matrix/matrix.ts';
import type { TaskHandlers } from '../tasks/task.ts';
import { firstTimezone } from './timezone.ts';

interface GapSetting {
  readonly config: Pick<Config, 'archive' | 'desks'>;
  readonly journal: OpenJournal;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** What holds sends back after a sign of a restart; a sign before a crash of ours still counts. */
export async function restartHoldOf(
  { journal, clock, log }: Pick<GapSetting, 'journal' | 'clock' | 'log'>,
  { signs }: Pick<Matrix['watch'], 'signs'>,
): Promise<RestartHold> {
  const hold = new RestartHold({
    clock,
    open: await openSign({ journal }),
    note: (open) => {
      noteOpenSign(open, { journal }).catch((error: unknown) => {
        log.warn('gaps.sign-unrecordable', { open, failure: error instanceof Error ? error.name : 'unknown' });
      });
    },
  });
  signs.on(() => {
    hold.sign();
  });
  signs.onAnswer(() => {
    hold.answered();
  });
  return hold;
}

export function gapKeeperOf(
  setting: GapSetting,
  matrix: Matrix,
  { warnings, hold }: { readonly warnings: Warnings; readonly hold: RestartHold },
): GapKeeper {
  const { config, journal, clock, log, metrics } = setting;
  const { history, deliveries, signs } = matrix.watch;
  return new GapKeeper({
    ...{ journal, history, deliveries, clock, log, metrics, warnings, hold },
    onRecord: eventsOnRecord(journal.reader),
    ping: () => matrix.homeserver.ping('archive'),
    onSign: (listener) => signs.on(listener),
    walkBackMs: config.archive.walkBack,
  });
}

export function eventsOnRecord(reader: JournalReader): EventsOnRecord {
  return { missing: (events) => reader.missingOf('matrix', events) };
}

export function gapHandlers(
  { config, journal }: Pick<GapSetting, 'config' | 'journal'>,
  homeserver: Matrix['homeserver'],
): TaskHandlers {
  const timezone = firstTimezone(config);
  return new Map([['gap.tell', { run: createGapHandler({ journal, homeserver, timezone }) }]]);
}
