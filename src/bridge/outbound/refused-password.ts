/** Task `gate.refused`: a provider rejects our password, or does not let our account in, which only a person can put right. Every desk is told, once. */
import { networkName } from '../../core/address.ts';
import { connectorGate } from '../../core/ids.ts';
import { refusedLoginAt } from '../../core/refused-login.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { clockTime } from './failure-words.ts';
import { turnOf } from '../homeserver-turn.ts';
import { tellDesks } from '../tell-desks.ts';

const DONE: Turn = { to: 'done' };
/** On the first day the password is tried before the desk's room is there. */
const DESK_AGAIN_MS = 3_000;
const DESK_TRIES_MAX = 20;

export function createRefusedPasswordHandler(deps: BridgeDeps): TaskHandler {
  return async (task, entry, context) => {
    if ('erased' in entry || entry.kind !== 'gate.changed') return DONE;
    const { gate } = entry.body;
    const lines = deps.lines.filter((line) => connectorGate(line.connector) === gate);
    const [first] = lines;
    if (first === undefined) return DONE;
    const names = lines.map((line) => line.name).join(', ');
    const time = clockTime(entry.at, deps.timezone);
    const text = `${networkName(first.network)} ${refusedLoginAt(first.network, time)}: nothing can be sent on ${names}. What is written meanwhile waits until the admin has put it right.`;
    const look = context.mayRepeat || task.attempts > 0;
    const told = await tellDesks({ text, source: entry.position, part: 'refused', look }, deps);
    if (!told.ok) return turnOf(told.error);
    const again = told.value === 0 && task.attempts < DESK_TRIES_MAX;
    return again ? { to: 'retry', reason: 'homeserver-refused', afterMs: DESK_AGAIN_MS } : DONE;
  };
}
