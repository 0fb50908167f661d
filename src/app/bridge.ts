/** The bridge, joined to the record, the homeserver, the connectors and those who watch. */
import { createBridge, type Bridge } from '../bridge/bridge.ts';
import type { Warnings } from '../bridge/bridge-deps.ts';
import { AskedColleagueNames } from '../bridge/people/colleague-names.ts';
import type { RestartHold } from '../bridge/gaps/restart-hold.ts';
import type { StaffDirectory } from '../core/line.ts';
import type { Gatekeeper } from '../core/ports/gatekeeper.ts';
import type { Homeserver } from '../core/ports/homeserver.ts';
import type { Matrix } from '../matrix/matrix.ts';
import type { Watching } from './alarms.ts';
import type { Connectors } from './connectors.ts';
import { bridgedFiles } from './files.ts';
import type { AppSetting } from './setting.ts';
import { firstTimezone } from './timezone.ts';

interface BridgeJoined {
  readonly homeserver: Homeserver;
  readonly matrix: Pick<Matrix, 'live' | 'displayName'>;
  readonly staff: StaffDirectory;
  readonly connectors: Pick<Connectors, 'get'>;
  readonly warnings: Warnings;
  readonly watching: Pick<Watching, 'passing' | 'skewAt' | 'setSince'>;
  readonly hold: Pick<RestartHold, 'until'>;
  readonly gatekeeper: Gatekeeper;
}

export function bridgeOf(
  { config, journal, clock, log, metrics }: Pick<AppSetting, 'config' | 'journal' | 'clock' | 'log' | 'metrics'>,
  { homeserver, matrix, staff, connectors, warnings, watching, hold, gatekeeper }: BridgeJoined,
): Bridge {
  return createBridge({
    ...{
      journal,
      homeserver,
      live: matrix.live,
      staff,
      clock,
      log,
      metrics,
      lines: config.lines,
      warnings,
      gatekeeper,
    },
    colleagues: new AskedColleagueNames({ staff, clock, displayName: (user) => matrix.displayName(user) }),
    connectors: (id) => connectors.get(id),
    ...{
      passing: watching.passing,
      skewAt: watching.skewAt,
      setSince: watching.setSince,
      held: (room) => hold.until(room),
    },
    files: bridgedFiles({ config, journal, clock }),
    timezone: firstTimezone(config),
  });
}
