/** Task `remote.edit`: the customer changed a message. The room shows the new words; the record keeps both. */
import { wait } from '../../core/clock.ts';
import type { EntryOf } from '../../core/entry.ts';
import type { EventId, UserId } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Done } from '../../core/ports/homeserver.ts';
import { ok } from '../../core/result.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { turnOf } from '../homeserver-turn.ts';
import type { Message } from '../messages/message-store.ts';
import { inboundParts } from './inbound-parts.ts';
import { awaited, changerOf, changeShown, findChange, type RemoteChange } from './remote-change.ts';
import { spokenFor } from './speaker.ts';

const DONE: Turn = { to: 'done' };

type Edit = RemoteChange<'network.edit'>;

export function createRemoteEditHandler(deps: BridgeDeps): TaskHandler {
  return async (task, entry, context) => {
    const change = await findChange(entry, 'network.edit', deps);
    if (change === undefined) return DONE;
    const early = awaited(change, { clock: deps.clock, signal: context.signal });
    if (early !== undefined) return early;
    const judged = await mayShow(change, context.signal, deps);
    if ('to' in judged) return judged;
    const changer = await changerOf(change, deps);
    if (!changer.ok) return turnOf(changer.error);
    const content = await contentOf(change, judged.masked, deps);
    const sent = await say(
      { change, content, as: changer.value.as, look: context.mayRepeat || task.attempts > 0 },
      deps,
    );
    if (!sent.ok) return turnOf(sent.error);
    return { to: 'done', entries: [...changer.value.entries, changeShown(change, { eventId: sent.value }, deps)] };
  };
}

/** What a rule finds in the new words is on record before anybody sees them. */
async function mayShow(
  { entry: { position } }: Edit,
  signal: AbortSignal,
  { gatekeeper, journal, clock }: BridgeDeps,
): Promise<Turn | { readonly masked: string | undefined }> {
  const showing = await gatekeeper?.mayShow(position);
  if (showing === undefined) return { masked: undefined };
  if (showing.may === 'ask-again') return { to: 'aside', until: wait(clock, showing.afterMs, signal) };
  if (showing.entries.length > 0) await journal.append(showing.entries);
  return { masked: showing.text };
}

interface Saying {
  readonly change: Edit;
  readonly content: JsonObject;
  readonly as: UserId;
  readonly look: boolean;
}

async function say({ change, content, as, look }: Saying, { homeserver }: BridgeDeps): Done<EventId> {
  const { entry, room } = change;
  const event = { as, room, source: entry.position, part: 'text' };
  const before = look ? await homeserver.findEcho({ ...event, since: entry.recordedAt }) : ok(undefined);
  if (!before.ok) return before;
  return before.value === undefined ? homeserver.send({ ...event, type: 'm.room.message', content }) : ok(before.value);
}

/**
 * In place of the first words where they were words alone; beside them where they stand with a file, or are our own
 * people's; and by itself where the first words aren't here.
 */
async function contentOf(change: Edit, masked: string | undefined, deps: BridgeDeps): Promise<JsonObject> {
  const { entry, portal, room, messages } = change;
  const [message] = messages;
  const event = message?.room === room ? message.event : undefined;
  const prefix = spokenFor(entry.body, portal, false);
  const spoken = prefix === undefined ? {} : { prefix };
  const replaces = event !== undefined && (await isTextAlone(message, entry, deps));
  if (replaces) return replacing(event, newWords(entry, { masked, ...spoken }));
  const changed = event === undefined ? 'edited' : 'changed it to';
  const content = newWords(entry, { masked, prefix: `${prefix ?? ''}✏️ ${changed}: ` });
  return event === undefined ? content : { ...content, 'm.relates_to': { 'm.in_reply_to': { event_id: event } } };
}

function newWords(
  entry: EntryOf<'network.edit'>,
  how: { readonly masked: string | undefined; readonly prefix?: string },
): JsonObject {
  const [first] = inboundParts(entry.body, how);
  return { ...(first?.content ?? { msgtype: 'm.text', body: '(nothing)' }), 'm.mentions': {} };
}

/** A file keeps its event: only words can take the place of words. */
async function isTextAlone(
  message: Message | undefined,
  edit: EntryOf<'network.edit'>,
  deps: Pick<BridgeDeps, 'journal'>,
): Promise<boolean> {
  if (message?.direction !== 'inbound' || hasFiles(edit)) return false;
  const first = await deps.journal.read(message.position);
  if (first === undefined || 'erased' in first || first.kind !== 'network.message') return false;
  // In a group nobody's words take the place of another's.
  return first.body.from === edit.body.from && !hasFiles(first);
}

function hasFiles({ body }: EntryOf<'network.edit'> | EntryOf<'network.message'>): boolean {
  return (body.attachments ?? []).length > 0 || body.location !== undefined;
}

/** Matrix spec, event replacements: clients that don't know them show the words behind an asterisk. */
function replacing(event: EventId, content: JsonObject): JsonObject {
  const { body, msgtype = 'm.text' } = content;
  return {
    msgtype,
    body: `* ${typeof body === 'string' ? body : ''}`,
    'm.mentions': {},
    'm.new_content': content,
    'm.relates_to': { rel_type: 'm.replace', event_id: event },
  };
}
