/**
 * `gatehouse reconcile` while no Gatehouse runs: the homeserver is asked where there is an admin's token, and what is
 * missing is told. Fetching it is left to the next start, which looks for it by itself.
 */
import type { RecordDeps } from '../cli/records/record-deps.ts';
import type { Config } from '../config/config.ts';
import type { Clock } from '../core/clock.ts';
import type { RoomHistory } from '../core/ports/room-history.ts';
import type { Log } from '../core/ports/log.ts';
import type { OpenJournal } from '../journal/open-journal.ts';
import { noLists, reconcileAct, reconcilerOf } from './reconcile.ts';

const LEFT = 'Gatehouse is not running: what is missing is brought or fetched when it starts.';

interface Offline {
  readonly config: Config;
  readonly journal: OpenJournal;
  readonly clock: Clock;
  readonly log: Log;
}

export function offlineReconcile(offline: Offline): RecordDeps['reconcile'] {
  return async (options) => {
    const history = await historyOf(offline);
    const compared = { lists: noLists, ...(history === undefined ? {} : { history }) };
    const reconciled = await reconcileAct(reconcilerOf(offline, compared), offline.config)(options);
    if (reconciled === 'stopped') return reconciled;
    const { report, words } = reconciled;
    const left = (report.body.homeserver?.missing ?? 0) > 0;
    return { report, words: left ? [...words, LEFT] : words };
  };
}

/** The Matrix libraries are loaded only when they are needed: other commands do without. */
async function historyOf({ config, clock }: Offline): Promise<RoomHistory | undefined> {
  const { adminToken, url } = config.homeserver;
  if (adminToken === undefined) return undefined;
  const { adminHistory } = await import('../matrix/gaps/room-history.ts');
  return adminHistory(url, adminToken.reveal(), { class: config.defaultClass, clock });
}
