/**
 * What compliance is told of single messages: that staff wrote into a room that is gone, that a text was shown to nobody
 * or by @gatehouse, that it could not be shown at all. Each has a source that is shared by all alike, so that many
 * messages are told of once.
 */
import { DateTime } from 'luxon';
import type { Entry, ErasedEntry } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { clockTime } from '../outbound/failure-words.ts';
import { turnOf } from '../homeserver-turn.ts';
import { lineNameOf } from '../portals/line-name.ts';
import { messageAt, type Message } from '../messages/message-store.ts';
import { portalById, type Portal } from '../portals/portal-store.ts';
import { placeOfUse } from '../portals/room-store.ts';
import { contactTitle } from '../portals/shown-name.ts';
import { tellDesks } from '../tell-desks.ts';
import { personName } from './person-name.ts';
import { otherRoom } from '../portals/room-lineage-store.ts';

const DONE: Turn = { to: 'done' };

interface About {
  readonly entry: Entry;
  readonly portal: Portal;
  readonly message: Message;
}
interface Words {
  readonly text: string;
  readonly source: Position;
  readonly part: string;
}

function telling(deps: BridgeDeps, words: (about: About) => Promise<Words>): TaskHandler {
  return async (_task, entry) => {
    const about = await find(deps, entry);
    if (about === undefined) return DONE;
    const told = await tellDesks({ ...(await words(about)), look: true }, deps);
    return told.ok ? DONE : turnOf(told.error);
  };
}

async function find({ journal }: BridgeDeps, entry: Entry | ErasedEntry): Promise<About | undefined> {
  if ('erased' in entry || !('of' in entry.body)) return undefined;
  const { of } = entry.body;
  const { views } = journal;
  return views.read(async (reading) => {
    const message = await messageAt(reading, of);
    const portal = message === undefined ? undefined : await portalById(reading, views.sealer, message.portal);
    return message === undefined || portal === undefined ? undefined : { entry, portal, message };
  });
}

/** Task `unsent`: once for each room that is gone. */
export function createUnsentHandler(deps: BridgeDeps): TaskHandler {
  return telling(deps, async ({ portal, message }) => {
    const { room } = message;
    const gone = room === undefined ? undefined : await deps.journal.views.read((reading) => otherRoom(reading, room));
    const who = message.sender === undefined ? 'A colleague' : personName(message.sender);
    const text = `Not sent: ${who} wrote to ${contactTitle(portal)} at ${clockTime(message.at, deps.timezone)} in a room that is gone, and can't be told there. What waited in that room isn't sent; it has to be written again in the new chat.`;
    return { text, source: gone?.since ?? message.position, part: 'unsent' };
  });
}

/** Task `ghost.refused`: once for each portal. */
export function createGhostRefusedHandler(deps: BridgeDeps): TaskHandler {
  return telling(deps, ({ portal }) => {
    const text = `The homeserver doesn't let the account of ${contactTitle(portal)} act: an admin locked or deactivated it. Its texts are shown by @gatehouse until it is let in again.`;
    return Promise.resolve({ text, source: portal.created, part: 'ghost-refused' });
  });
}

/** Task `unstaffed`: once a day for each line, as long as customers write to it. */
export function createUnstaffedHandler(deps: BridgeDeps): TaskHandler {
  return telling(deps, async ({ entry, portal }) => {
    const use = { kind: 'space', line: portal.line } as const;
    const space = await deps.journal.views.read((reading) => placeOfUse(reading, use));
    const day = DateTime.fromMillis(entry.at, { zone: deps.timezone }).toISODate() ?? 'day';
    const line = lineNameOf(portal.line, deps.lines);
    const text = `Nobody is left on ${line}: a text from ${contactTitle(portal)} was shown where no staff can read it. Put somebody on the line, or invite a colleague into the chat.`;
    return { text, source: space?.since ?? portal.created, part: `unstaffed-${day}` };
  });
}

/** Task `unshown`: every text that could not be shown; it is on record all the same. */
export function createUnshownHandler(deps: BridgeDeps): TaskHandler {
  return telling(deps, ({ entry, portal, message }) => {
    const text = `A text from ${contactTitle(portal)} of ${clockTime(message.at, deps.timezone)} could not be shown to ${lineNameOf(portal.line, deps.lines)}: the homeserver refused it until it was given up. It is record ${message.position}.`;
    return Promise.resolve({ text, source: entry.position, part: 'unshown' });
  });
}
