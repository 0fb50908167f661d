/** Task `outsider`: somebody who is not on the line is in a portal. Compliance is told, once for each person and chat. */
import { parseUserId } from '../../core/ids.ts';
import type { Line } from '../../core/line.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { turnOf } from '../homeserver-turn.ts';
import { lineNameOf } from '../portals/line-name.ts';
import { portalById } from '../portals/portal-store.ts';
import { contactTitle } from '../portals/shown-name.ts';
import { tellDesks } from '../tell-desks.ts';
import { personName } from './person-name.ts';

const DONE: Turn = { to: 'done' };

export function createOutsiderHandler(deps: BridgeDeps): TaskHandler {
  const { journal, lines, staff } = deps;
  return async (_task, entry) => {
    if ('erased' in entry || entry.kind !== 'matrix.event' || entry.portal === undefined) return DONE;
    const { portal: id, body } = entry;
    const user = parseUserId(body.state_key);
    const portal = await journal.views.read((reading) => portalById(reading, journal.views.sealer, id));
    if (!user.ok || portal === undefined) return DONE;
    const line = lines.find((one) => one.id === portal.line);
    if (isSupervisor(line, user.value) || (await staff.isStaff(portal.line, user.value))) return DONE;
    const chat = `the chat with ${contactTitle(portal)}`;
    const who = personName(user.value);
    const how =
      body.sender === user.value
        ? `${who} came into ${chat}`
        : `${personName(body.sender)} brought ${who} into ${chat}`;
    const text = `${how} and is not on ${lineNameOf(portal.line, lines)}: they can read it, and what they write there is not sent. Remove them from the room if that isn't meant.`;
    // The portal's own entry is the source, so that the same person is told of once.
    const telling = { text, source: portal.created, part: `outsider-${user.value}`, look: true };
    const told = await tellDesks(telling, deps);
    return told.ok ? DONE : turnOf(told.error);
  };
}

function isSupervisor(line: Line | undefined, user: string): boolean {
  return line?.supervisors.some((one) => one === user) === true;
}
