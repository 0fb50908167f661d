/** Task `consent.told`: the network itself keeps an opt-out or an opt-in. The chat's staff must know why nothing arrives. */
import { networkName } from '../../core/address.ts';
import type { EntryOf } from '../../core/entry.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { turnOf } from '../homeserver-turn.ts';
import { clockTime } from '../outbound/failure-words.ts';
import { portalById, type Portal } from '../portals/portal-store.ts';
import { cleanName } from '../portals/shown-name.ts';
import { tell } from '../tell.ts';

const DONE: Turn = { to: 'done' };
const MENTIONS_MAX = 50;

export function createConsentToldHandler(deps: BridgeDeps): TaskHandler {
  return async (task, entry, context) => {
    if ('erased' in entry || entry.kind !== 'network.consent' || entry.portal === undefined) return DONE;
    const { portal: id } = entry;
    const { views } = deps.journal;
    const portal = await views.read((reading) => portalById(reading, views.sealer, id));
    if (portal?.room === undefined || entry.body.action === 'help') return DONE;
    const text = wordsOf(entry, portal, deps.timezone);
    const mention = (await deps.staff.staffOf(portal.line)).slice(0, MENTIONS_MAX);
    const look = context.mayRepeat || task.attempts > 0;
    const told = await tell({ room: portal.room, text, mention, source: entry.position, part: 'consent', look }, deps);
    return told.ok ? DONE : turnOf(told.error);
  };
}

function wordsOf({ at, position, body }: EntryOf<'network.consent'>, portal: Portal, timezone: string): string {
  const who = cleanName(portal.name) ?? 'The customer';
  const network = networkName(portal.network);
  const when = `on ${network} at ${clockTime(at, timezone)} (record ${position})`;
  if (body.action === 'start') return `${who} opted in again ${when}.`;
  return `${who} opted out ${when}. ${network} delivers nothing to them until they opt in again.`;
}
