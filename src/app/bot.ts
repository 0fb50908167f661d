/** The two bots, joined to the record that the desks ask about. */
import { createBot, type Bot } from '../bot/bot.ts';
import type { DeskRules, Persons, RetentionRuns } from '../bot/compliance/desk-context.ts';
import { deskToolsIn, type DeskToolsGiven } from '../bot/compliance/desk-tools.ts';
import type { Recording } from '../bot/staff/staff-words.ts';
import type { SkewAt } from '../bridge/alarms/skew-memory.ts';
import type { Warnings } from '../bridge/bridge-deps.ts';
import type { Config } from '../config/config.ts';
import type { Entry, ErasedEntry } from '../core/entry.ts';
import type { EventId } from '../core/ids.ts';
import type { StaffDirectory } from '../core/line.ts';
import type { GapSweep } from '../core/ports/gap-sweep.ts';
import type { Health } from '../core/ports/health.ts';
import type { Homeserver } from '../core/ports/homeserver.ts';
import type { OpenJournal } from '../journal/open-journal.ts';
import type { ClassesInForce } from '../retention/classes/classes-in-force.ts';
import type { Connectors } from './connectors.ts';
import { keptFor } from './kept-for.ts';
import { deskClasses } from './retention-classes.ts';
import { deskHolds } from './retention-holds.ts';
import { proveIn, searchIn, verifyIn } from './records.ts';
import type { AppSetting } from './setting.ts';

interface BotJoined {
  readonly health: Health;
  readonly skewAt: SkewAt;
  readonly homeserver: Homeserver;
  readonly staff: StaffDirectory;
  readonly connectors: Pick<Connectors, 'get'>;
  readonly gaps: Pick<GapSweep, 'last'>;
  readonly warnings: Warnings;
  readonly rules: DeskRules;
  readonly retention: RetentionRuns;
  readonly persons: Persons;
  readonly backtests: NonNullable<DeskToolsGiven['backtests']>;
  readonly classes: Pick<ClassesInForce, 'table' | 'set'>;
  readonly fileText: NonNullable<DeskToolsGiven['fileText']>;
}

type BotSetting = Pick<AppSetting, 'config' | 'journal' | 'publisher' | 'clock' | 'log'>;

export function botOf(setting: BotSetting, joined: BotJoined): Bot {
  const { config, journal, clock, log } = setting;
  const { homeserver, staff, connectors, warnings } = joined;
  return createBot({
    ...{ journal, homeserver, staff, desks: config.desks, clock, log, warnings },
    connectors: (id) => connectors.get(id),
    entryOfEvent: (event) => entryOfEvent(journal, event),
    tools: deskToolsIn(toolsOf(setting, joined)),
    recording: recordingIn(config),
  });
}

function toolsOf({ config, journal, publisher, clock }: BotSetting, joined: BotJoined): DeskToolsGiven {
  const { files, signer, earlier, log } = publisher;
  const records = { config, journal, files, signer, earlier, clock, publish: () => log.publish() };
  const { health, skewAt, gaps, rules, backtests, fileText, retention, persons } = joined;
  const country = config.lines[0]?.country;
  return {
    ...{
      journal,
      health,
      skewAt,
      rules,
      backtests,
      fileText,
      retention,
      persons,
      lines: config.lines,
      lastLook: () => gaps.last(),
    },
    search: searchIn(records),
    holds: deskHolds(records),
    classes: deskClasses(joined.classes, { config, homeserver: joined.homeserver }),
    verify: () => verifyIn(records),
    prove: (position) => proveIn(records, position),
    ...(country === undefined ? {} : { country }),
  };
}

async function entryOfEvent(journal: OpenJournal, event: EventId): Promise<Entry | ErasedEntry | undefined> {
  const [first] = await journal.reader.bySource({ system: 'matrix', id: event });
  return first === undefined ? undefined : journal.read(first);
}

function recordingIn(config: Config): Recording {
  return {
    rooms: 'all',
    keptFor: keptFor(config),
    readers: [...new Set(config.desks.flatMap((desk) => [...desk.officers, ...desk.reviewers, ...desk.auditors]))],
  };
}
