/** Task `remote.edit`: the customer changed a message. The room shows what it says now; the record keeps both. */
import { wait } from '../../core/clock.ts';
import type { EntryOf } from '../../core/entry.ts';
import type { EventId } from '../../core/ids.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Done } from '../../core/ports/homeserver.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import type { FilesToShow, MessageFiles } from '../files/message-files.ts';
import { bringsFiles } from '../files/network-files.ts';
import { isAccountRefused, turnOf } from '../homeserver-turn.ts';
import type { Message } from '../messages/message-store.ts';
import { inboundParts, type InboundPart, type Presented } from './inbound-parts.ts';
import {
  awaited,
  changerOf,
  changeShown,
  findChange,
  SHOWN,
  type Changer,
  type RemoteChange,
} from './remote-change.ts';
import { shownBy } from './shown-by.ts';
import { speak } from './speak.ts';
import { spokenFor } from './speaker.ts';
import { answering, spokenParts, type SpokenPart } from './spoken-parts.ts';
import { addsNothing, asEdit, goesOn, toldAgain } from './told-again.ts';

const DONE: Turn = { to: 'done' };

type Edit = RemoteChange<'network.edit'>;
type Edited = EntryOf<'network.edit'>;

interface Telling {
  readonly change: Edit;
  /** What a rule leaves of the new words. */
  readonly masked: string | undefined;
  readonly files: { readonly toShow: FilesToShow; readonly show: MessageFiles } | undefined;
  readonly look: boolean;
  /** The first words stay where they are. */
  readonly beside: boolean;
}

export function createRemoteEditHandler(deps: BridgeDeps, files: MessageFiles | undefined): TaskHandler {
  return async (task, entry, context) => {
    const change = await findChange(asEdit(entry), 'network.edit', deps);
    if (change === undefined) return DONE;
    const early = awaited(change, { clock: deps.clock, signal: context.signal });
    if (early !== undefined) return early;
    const again = await toldAgain(entry, deps);
    if (again !== undefined && addsNothing(again)) return { to: 'done', entries: [changeShown(change, SHOWN, deps)] };
    const look = context.mayRepeat || task.attempts > 0;
    const beside = again !== undefined && !goesOn(again);
    return show({ change, look, beside, signal: context.signal }, deps, files);
  };
}

type Showing = Pick<Telling, 'change' | 'look' | 'beside'> & { readonly signal: AbortSignal };

async function show(
  { change, look, beside, signal }: Showing,
  deps: BridgeDeps,
  files: MessageFiles | undefined,
): Promise<Turn> {
  const judged = await mayShow(change, signal, deps);
  if ('to' in judged) return judged;
  const brought = await filesOf(change.entry, files, signal);
  if ('until' in brought) return { to: 'aside', until: brought.until };
  const changer = await changerOf(change, deps);
  if (!changer.ok) return turnOf(changer.error);
  const told = await tell({ change, ...judged, ...brought, look, beside }, changer.value, deps);
  if (!told.ok) return turnOf(told.error);
  const shown = shownBy(told.value, brought.files?.toShow);
  return { to: 'done', entries: [...changer.value.entries, changeShown(change, shown, deps)] };
}

/** As those of a message: waited for a little. */
async function filesOf(
  entry: Edited,
  show: MessageFiles | undefined,
  signal: AbortSignal,
): Promise<Pick<Telling, 'files'> | { readonly until: Promise<void> }> {
  if (show === undefined || !bringsFiles(entry)) return { files: undefined };
  const toShow = await show.ready(entry, signal);
  return 'until' in toShow ? toShow : { files: { toShow, show } };
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

/** By @gatehouse where the ghost's account is refused. */
async function tell(telling: Telling, changer: Changer, deps: BridgeDeps): Done<readonly EventId[]> {
  const { entry, room } = telling.change;
  const { homeserver } = deps;
  const parts = await partsOf(telling, changer, deps);
  const { position: source, recordedAt: since } = entry;
  const told = await speak({ as: changer.as, room, parts, mention: [], source, since, look: telling.look }, homeserver);
  if (told.ok || changer.instead || !isAccountRefused(told.error)) return told;
  return tell(telling, { ...changer, as: homeserver.gatehouse, instead: true }, deps);
}

/**
 * In place of the first words where they were words alone; beside them where either has more than words, or where they are
 * our own people's; and by itself where the first words aren't here.
 */
async function partsOf(
  { change, masked, files, beside: isBeside }: Telling,
  { as, instead }: Changer,
  deps: BridgeDeps,
): Promise<readonly SpokenPart[]> {
  const { entry, portal, room, messages } = change;
  const [message] = messages;
  const event = message?.room === room ? message.event : undefined;
  const who = spokenFor(entry.body, portal, instead) ?? '';
  const shown = files === undefined ? undefined : { ...files, as };
  if (event === undefined) return spokenParts(inboundParts(entry.body, { masked, prefix: `${who}✏️ edited: ` }), shown);
  const alone = instead || isBeside ? undefined : await wordsAlone(message, entry, { masked, prefix: who }, deps);
  if (alone !== undefined) return spokenParts([replacing(event, alone)], undefined);
  const beside = inboundParts(entry.body, { masked, prefix: `${who}✏️ changed it to: ` });
  return spokenParts(beside, shown).map((part) => answering(event, part));
}

/**
 * The one event of words that can take the place of one: a file keeps its event, and so does a text that takes several.
 * Undefined where there is none.
 */
async function wordsAlone(
  message: Message | undefined,
  edit: Edited,
  how: Presented,
  deps: Pick<BridgeDeps, 'journal'>,
): Promise<InboundPart | undefined> {
  const [words, ...more] = inboundParts(edit.body, how);
  if (message?.direction !== 'inbound' || more.length > 0 || holdsMore(edit)) return undefined;
  const first = await deps.journal.read(message.position);
  if (first === undefined || 'erased' in first || first.kind !== 'network.message') return undefined;
  // In a group nobody's words take the place of another's.
  return first.body.from === edit.body.from && isOneEvent(first) ? words : undefined;
}

function isOneEvent(message: EntryOf<'network.message'>): boolean {
  return !holdsMore(message) && inboundParts(message.body).length === 1;
}

function holdsMore({ body }: Edited | EntryOf<'network.message'>): boolean {
  return (body.attachments ?? []).length > 0 || body.location !== undefined;
}

/** Matrix spec, event replacements: clients that don't know them show the words behind an asterisk. */
function replacing(event: EventId, { part, content }: InboundPart): InboundPart {
  const { body, msgtype = 'm.text' } = content;
  const newContent: JsonObject = { ...content, 'm.mentions': {} };
  return {
    part,
    content: {
      msgtype,
      body: `* ${typeof body === 'string' ? body : ''}`,
      'm.new_content': newContent,
      'm.relates_to': { rel_type: 'm.replace', event_id: event },
    },
  };
}
