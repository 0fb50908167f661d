/**
 * Task `react`: staff put a reaction on a message, or took one away. The network knows the line as one person: it hears of
 * all that its staff have on the message, as many as it allows, the newest ones.
 */
import { networkName } from '../../core/address.ts';
import type { Entry, EntryOf, ErasedEntry } from '../../core/entry.ts';
import type { PortalId } from '../../core/ids.ts';
import type { Capabilities } from '../../core/ports/capabilities.ts';
import type { SendResult } from '../../core/ports/outbound.ts';
import type { Reading } from '../../storage/database.ts';
import type { Task, TaskHandler, Turn, TurnContext } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { turnOf } from '../homeserver-turn.ts';
import { changeAttempts } from '../messages/change-attempt-store.ts';
import { wentOut } from '../messages/message-moves.ts';
import { messageAt, type Message } from '../messages/message-store.ts';
import { outboundForm } from '../messages/outbound-form.ts';
import { remoteIdsOf } from '../messages/remote-ids.ts';
import { reactionsOn, staffReaction } from '../messages/staff-reaction-store.ts';
import { portalById } from '../portals/portal-store.ts';
import { Recent } from '../recent.ts';
import { cleanName } from '../portals/shown-name.ts';
import { tell } from '../tell.ts';
import { changeAtNetwork, undone, type Undone } from './change-out.ts';
import { capabilitiesIn, chatOf, refOf, type Chat } from './chat-of.ts';
import { inLine, shutGate } from './network-turns.ts';

const DONE: Turn = { to: 'done' };

interface Reacting {
  readonly entry: EntryOf<'matrix.event'>;
  readonly message: Message;
  readonly chat: Chat;
  readonly keys: readonly string[];
}

export function createReactHandler(deps: BridgeDeps): TaskHandler {
  const said = new Recent<PortalId, true>(5_000);
  return async (task, entry, context) => {
    const found = await find(entry, deps);
    if (found === undefined) return DONE;
    const { chat } = found;
    if (!(await deps.staff.isStaff(chat.line.id, found.entry.body.sender))) return DONE;
    const able = capabilitiesIn(chat);
    if (able.reaction <= 0) return sayUnseen({ ...found, said }, able, deps);
    return shutGate(chat, context) ?? inLine(chat) ?? react({ ...found, able, task, context }, deps);
  };
}

interface Able extends Reacting {
  readonly able: Capabilities;
  readonly task: Task;
  readonly context: TurnContext;
}

async function react({ entry, chat, message, keys, able, task, context }: Able, deps: BridgeDeps): Promise<Turn> {
  const known = await remoteIdsOf(message, chat.line.address, deps.journal);
  if (known === undefined) return sayNameless({ entry, message, chat, keys }, context, deps);
  const wish = { position: entry.position, ...refOf(chat), ...known, keys: allowed(keys, able) };
  const act = (connector: Chat['connector']): Promise<SendResult> => connector.react?.(wish) ?? NOT_THERE;
  const done = await changeAtNetwork({ task, entry, chat, text: wish.keys.join(' '), act }, deps);
  const undoneAs = undone(done);
  if (undoneAs === undefined) return done.turn;
  const told = await sayUndone({ entry, message, chat, keys }, undoneAs, context, deps);
  return told.to === 'done' ? done.turn : told;
}

const NOT_THERE: Promise<SendResult> = Promise.resolve({ state: 'failed', reason: 'unsupported' });

async function find(entry: Entry | ErasedEntry, deps: BridgeDeps): Promise<Reacting | undefined> {
  if ('erased' in entry || entry.kind !== 'matrix.event') return undefined;
  const { views } = deps.journal;
  const known = await views.read(async (reading) => {
    const message = await reactedOn(entry, reading);
    const portal = message === undefined ? undefined : await portalById(reading, views.sealer, message.portal);
    if (message === undefined || portal === undefined) return undefined;
    return { message, portal, keys: await reactionsOn(reading, message.position) };
  });
  const chat = known === undefined ? undefined : chatOf(known.portal, deps);
  return known === undefined || chat === undefined ? undefined : { entry, chat, ...known };
}

/** Undefined where nothing is to be said: a reaction that was taken away before the network heard of it is none there. */
async function reactedOn({ body }: EntryOf<'matrix.event'>, reading: Reading): Promise<Message | undefined> {
  const form = outboundForm(body);
  if (form.is !== 'reaction' && form.is !== 'redaction') return undefined;
  const reaction = await staffReaction(reading, form.is === 'reaction' ? body.event_id : form.of);
  if (reaction === undefined) return undefined;
  const { attempts } = await changeAttempts(reading, reaction.position);
  return reaction.gone && attempts === 0 ? undefined : messageAt(reading, reaction.of);
}

function allowed(keys: readonly string[], able: Capabilities): readonly string[] {
  const known = able.allowed_reactions;
  const taken = known === undefined ? keys : keys.filter((key) => known.includes(bare(key)) || known.includes(key));
  return able.reaction_count === undefined ? taken : taken.slice(-able.reaction_count);
}

/** Without the sign that asks for the coloured picture (U+FE0F). */
function bare(key: string): string {
  return key.replace(/\uFE0F/gu, '');
}

interface Unseen extends Reacting {
  /** Chats in which this life said it, or saw that it was said. */
  readonly said: Recent<PortalId, true>;
}

/** Said once for a chat, and softly: it stays among colleagues. */
async function sayUnseen({ message, chat, keys, said }: Unseen, able: Capabilities, deps: BridgeDeps): Promise<Turn> {
  const { portal } = chat;
  if (able.reaction === -1 || keys.length === 0 || portal.room === undefined) return DONE;
  if (said.get(portal.portal) === true) return DONE;
  const who = cleanName(portal.name) ?? 'The customer';
  const text = `${who} doesn't see reactions: ${networkName(portal.network)} can't carry them.`;
  const source = portal.created;
  const told = await tell(
    { room: portal.room, text, mention: [], source, part: 'reactions-stay', look: true, since: message.at },
    deps,
  );
  if (!told.ok) return turnOf(told.error);
  said.set(portal.portal, true);
  return DONE;
}

/** Of one that never went out everybody knows that its reactions didn't either. */
async function sayNameless(reacting: Reacting, context: TurnContext, deps: BridgeDeps): Promise<Turn> {
  const { message, keys } = reacting;
  if (keys.length === 0 || (message.direction === 'outbound' && !wentOut(message.state))) return DONE;
  const why = 'the network gave the message no name';
  return say(reacting, (who) => `${who} doesn't see that reaction: ${why}.`, context, deps);
}

/** Of what was put up or taken away. */
async function sayUndone(
  reacting: Reacting,
  { is, why }: Undone,
  context: TurnContext,
  deps: BridgeDeps,
): Promise<Turn> {
  const { entry, chat } = reacting;
  const network = networkName(chat.portal.network);
  const isGone = outboundForm(entry.body).is === 'redaction';
  const sees = isGone ? 'still sees that reaction' : "doesn't see that reaction";
  const text = (who: string): string =>
    is === 'refused'
      ? `${who} ${sees}: ${network} refused ${isGone ? 'to take it away' : 'it'} (${why}).`
      : `Maybe ${who} ${sees}: no answer came (${why}).`;
  return say(reacting, text, context, deps);
}

async function say(
  { entry, chat: { portal } }: Reacting,
  words: (who: string) => string,
  { mayRepeat: look }: TurnContext,
  deps: BridgeDeps,
): Promise<Turn> {
  if (portal.room === undefined) return DONE;
  const text = words(cleanName(portal.name) ?? 'The customer');
  const told = await tell(
    { room: portal.room, text, mention: [], source: entry.position, part: 'not-reacted', look },
    deps,
  );
  return told.ok ? DONE : turnOf(told.error);
}
