/**
 * Task `setting`: somebody changed what a portal rests on. An encrypted room is given up; a room opened to others is shut
 * again; what can't be undone is told to compliance. Name and topic are the staff's own.
 */
import type { Entry, EntryOf, ErasedEntry } from '../../core/entry.ts';
import type { RoomId } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import type { HomeserverFailure } from '../../core/ports/homeserver.ts';
import { ok, type Result } from '../../core/result.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { roomGoneDraft } from '../drafts.ts';
import { isGone, turnOf } from '../homeserver-turn.ts';
import { portalById, type Portal } from '../portals/portal-store.ts';
import { cleanName, contactTitle } from '../portals/shown-name.ts';
import { tell } from '../tell.ts';
import { tellDesks } from '../tell-desks.ts';
import { Allowance } from './allowance.ts';
import { givesPower, powerOf } from './own-power.ts';
import { personName } from './person-name.ts';

const DONE: Turn = { to: 'done' };
/** Against a program that sets it again each time: after these the change is on record and nothing more. */
const PER_HOUR = 5;

interface Changed {
  readonly entry: EntryOf<'matrix.event'>;
  readonly portal: Portal;
  readonly room: RoomId;
  readonly look: boolean;
}

/** What a portal has, and in which words the opposite is told. */
interface Shut {
  readonly content: JsonObject;
  readonly open: (content: JsonObject) => string | undefined;
}

const SHUT: Readonly<Record<string, Shut>> = {
  'm.room.join_rules': {
    content: { join_rule: 'invite' },
    open: ({ join_rule: rule }) =>
      rule === 'invite' ? undefined : `opened it to more than invited people (${word(rule)})`,
  },
  'm.room.guest_access': {
    content: { guest_access: 'forbidden' },
    open: ({ guest_access: rule }) => (rule === 'can_join' ? 'let guests in' : undefined),
  },
  'm.room.history_visibility': {
    content: { history_visibility: 'shared' },
    open: ({ history_visibility: rule }) => (rule === 'world_readable' ? 'made it readable for everybody' : undefined),
  },
};

export function createSettingHandler(deps: BridgeDeps): TaskHandler {
  const allowance = new Allowance(PER_HOUR, deps.clock);
  return async (task, entry, context) => {
    const changed = await find(deps, entry, context.mayRepeat || task.attempts > 0);
    if (changed === undefined) return DONE;
    if (changed.entry.body.type === 'm.room.encryption') return giveUp(deps, changed);
    if (task.attempts === 0 && allowance.take(`${changed.portal.portal} ${changed.entry.body.type}`) === undefined)
      return DONE;
    const done = await answer(deps, changed);
    return done.ok ? DONE : turnOf(done.error);
  };
}

async function find(deps: BridgeDeps, entry: Entry | ErasedEntry, look: boolean): Promise<Changed | undefined> {
  if ('erased' in entry || entry.kind !== 'matrix.event' || entry.portal === undefined) return undefined;
  const { portal: id } = entry;
  const { views } = deps.journal;
  const portal = await views.read((reading) => portalById(reading, views.sealer, id));
  return portal?.room === entry.body.room_id ? { entry, portal, room: portal.room, look } : undefined;
}

/** Encryption can't be turned off again. Compliance is told from `room.gone`; here, who is in the room. */
async function giveUp(deps: BridgeDeps, changed: Changed): Promise<Turn> {
  const { entry, portal, room, look } = changed;
  const who = cleanName(portal.name) ?? 'the customer';
  const text = `This room was encrypted, and Gatehouse can't read it: nothing written here reaches ${who}. The next text from ${who} opens a new chat; !sms opens it now.`;
  const mention = [entry.body.sender];
  const told = await tell({ room, text, mention, source: entry.position, part: 'encrypted', look }, deps);
  if (!told.ok && !isGone(told.error)) return turnOf(told.error);
  return { to: 'done', entries: [roomGoneDraft(deps.clock.now(), { room, portal: portal.portal, why: 'encrypted' })] };
}

async function answer(deps: BridgeDeps, changed: Changed): Promise<Result<unknown, HomeserverFailure>> {
  const { entry, room } = changed;
  const shut = SHUT[entry.body.type];
  if (shut === undefined) return checkPower(deps, changed);
  const did = shut.open(entry.body.content);
  if (did === undefined) return ok(undefined);
  const { gatehouse: as } = deps.homeserver;
  const undone = await deps.homeserver.setState({
    as,
    room,
    type: entry.body.type,
    stateKey: '',
    content: shut.content,
  });
  if (!undone.ok && !isGone(undone.error)) return undone;
  const end = undone.ok
    ? 'It is set back.'
    : '@gatehouse has no power to set it back: somebody with power in the room must.';
  return report(deps, changed, `${did}. ${end}`);
}

/** Killed after the power came back and before it was told, the next turn finds it back and tells it all the same. */
async function checkPower(deps: BridgeDeps, changed: Changed): Promise<Result<unknown, HomeserverFailure>> {
  const { homeserver } = deps;
  const at = { user: homeserver.gatehouse, room: changed.room };
  if (givesPower(changed.entry.body.content, at.user)) return ok(undefined);
  const now = await powerOf(at, homeserver);
  if (!now.ok) return isGone(now.error) ? ok(undefined) : now;
  if (now.value === 'founder') return ok(undefined);
  const back = now.value === 'given' ? ok(true) : await powerBack(deps, at);
  if (!back.ok) return back;
  const end = back.value ? ' It has it back.' : ": it can't invite colleagues or put things right any more.";
  return report(deps, changed, `took @gatehouse's power there${back.value ? '.' : ''}${end}`);
}

/** False without an admin's token, and where nobody with power is there who could give it. */
async function powerBack(
  { homeserver }: BridgeDeps,
  at: Parameters<typeof powerOf>[0],
): Promise<Result<boolean, HomeserverFailure>> {
  const helped = await homeserver.takeCharge?.(at);
  if (helped?.ok !== true) return helped === undefined || isRefused(helped.error) ? ok(false) : helped;
  const now = await powerOf(at, homeserver);
  if (!now.ok) return isRefused(now.error) ? ok(false) : now;
  return ok(now.value !== 'none');
}

function isRefused(failure: HomeserverFailure): boolean {
  return isGone(failure) || failure.kind === 'refused';
}

function report(deps: BridgeDeps, { entry, portal, look }: Changed, did: string) {
  const text = `${personName(entry.body.sender)} changed the chat with ${contactTitle(portal)}: ${did}`;
  return tellDesks({ text, source: entry.position, part: 'setting', look }, deps);
}

function word(rule: unknown): string {
  return typeof rule === 'string' ? (cleanName(rule) ?? 'no rule').slice(0, 20) : 'no rule';
}
