/** Task `account.alert`: something about our account at a provider that compliance must hear. */
import { inert } from '../../core/inert-text.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { turnOf } from '../homeserver-turn.ts';
import { clockTime } from '../outbound/failure-words.ts';
import { tellDesks } from '../tell-desks.ts';

const DONE: Turn = { to: 'done' };
/** Characters. A provider's words, or a customer's name among them: nothing in them pings or links. */
const LONGEST = 500;

export function createAccountAlertHandler(deps: BridgeDeps): TaskHandler {
  return async (task, entry, context) => {
    if ('erased' in entry || entry.kind !== 'network.account' || entry.body.alert === undefined) return DONE;
    const { connector, alert } = entry.body;
    const names = deps.lines.filter((line) => line.connector === connector).map((line) => line.name);
    const on = names.length === 0 ? '' : ` (${names.join(', ')})`;
    const words = Array.from(alert.replace(/\s+/gu, ' ')).slice(0, LONGEST).join('');
    const text = `⚠️ ${connector}${on}, ${clockTime(entry.at, deps.timezone)}: ${inert(words)}`;
    const look = context.mayRepeat || task.attempts > 0;
    const told = await tellDesks({ text, source: entry.position, part: 'account', look }, deps);
    return told.ok ? DONE : turnOf(told.error);
  };
}
