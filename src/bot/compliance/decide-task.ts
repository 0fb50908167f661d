/**
 * `policy.decide`: somebody tapped ✅ or ❌ in a desk's room. On a card that is open it decides, when the tapper may; on a
 * card that is not, or on a list, it does nothing and says so. On anything else it means nothing.
 */
import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import type { Entry, EntryOf, ErasedEntry } from '../../core/entry.ts';
import type { EventId } from '../../core/ids.ts';
import type { Desk } from '../../core/line.ts';
import type { Homeserver } from '../../core/ports/homeserver.ts';
import type { Recorder } from '../../core/ports/recorder.ts';
import type { Views } from '../../journal/journal.ts';
import type { RuleChanged } from '../../policy/rules/rules-on-record.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import { refused, type Answer } from '../answer.ts';
import { sendOnce } from '../answer-sender.ts';
import { turnAfter } from '../homeserver-turn.ts';
import { saidInRoom } from '../our-room-store.ts';
import { answerContent } from '../render.ts';
import { decideArming } from './arm-card-task.ts';
import { cardOf, isTakenBack, type Card } from './card-store.ts';
import { commandRecord, speechRecord } from './command-record.ts';
import { decide, type Decisions } from './decisions.ts';
import type { DeskTools } from './desk-context.ts';
import { deskAt } from './desk-room-of.ts';
import { deskRole } from './desk-role.ts';
import { silenceAt } from './desk-silence.ts';
import { decideAsk } from './dsar-decision.ts';
import { decideRelease } from './hold-decision.ts';
import { decideProposal } from './rule-decision.ts';
import { tapIn, type Tap } from './tap.ts';

export interface DecideDeps {
  readonly homeserver: Pick<
    Homeserver,
    'send' | 'findEcho' | 'upload' | 'members' | 'state' | 'isOurs' | 'compliance' | 'domain'
  >;
  readonly recorder: Pick<Recorder, 'append'>;
  readonly views: Views;
  readonly desks: readonly Desk[];
  readonly decisions: Decisions;
  readonly tools: Pick<DeskTools, 'rules' | 'holds' | 'retention' | 'persons'>;
  /** Undefined where the archive never saw it. */
  readonly entryOfEvent: (event: EventId) => Promise<Entry | ErasedEntry | undefined>;
  readonly clock: Pick<Clock, 'now'>;
}

const DONE: Turn = { to: 'done' };
/** A card may be tapped before it has come back to us: looked for again, for ten seconds. */
const LOOKS = 5;
const LOOK_AGAIN_MS = 2_000;
const COMMANDS = { yes: 'approve', no: 'reject' } as const;
/** Under which a decision about a change of rules is on record. */
const RULE = 'rule';
/** And one about the release of a hold. */
const HOLD = 'hold';
const RETENTION = 'retention';
/** And one about a person's request. */
const DSAR = 'dsar';
const KINDS = { yes: 'policy.approved', no: 'policy.rejected' } as const;

interface Tapped {
  readonly entry: EntryOf<'matrix.event'>;
  readonly tap: Tap;
  readonly desk: Desk;
  /** Under which it is on record. */
  readonly command: string;
  /** An earlier turn may have answered. */
  readonly look: boolean;
}

export function decideTask(deps: DecideDeps): TaskHandler {
  return async (task, entry, context) => {
    if ('erased' in entry || entry.kind !== 'matrix.event') return DONE;
    const tap = tapIn(entry.body);
    const desk = await deskAt(deps.views, deps.desks, entry.body.room_id);
    if (tap === undefined || desk === undefined) return DONE;
    if (await deps.views.read((reading) => isTakenBack(reading, entry.body.event_id))) return DONE;
    const tapped = { entry, tap, desk, command: COMMANDS[tap.says], look: context.mayRepeat || task.attempts > 0 };
    const card = await deps.views.read((reading) => cardOf(reading, tap.on));
    return card === undefined ? onOther(deps, tapped, task.attempts) : onCard(deps, tapped, card);
  };
}

async function onOther(deps: DecideDeps, tapped: Tapped, looks: number): Promise<Turn> {
  const on = await deps.entryOfEvent(tapped.tap.on);
  if (on !== undefined) return isList(deps, on, tapped) ? reply(deps, tapped, notACard) : DONE;
  return looks < LOOKS ? { to: 'retry', reason: 'homeserver-refused', afterMs: LOOK_AGAIN_MS } : DONE;
}

const notACard = refused('failed', 'Nothing was done: that is no card. Tap one, or write !c approve <item>.');

/** An answer of ours that shows records; what waits for a second officer is tapped for other reasons. */
const shownAnswer = z.object({
  'org.gatehouse.answer': z.object({ code: z.literal('ok') }),
  'org.gatehouse.refs': z.array(z.number()).min(1),
});

function isList({ homeserver }: DecideDeps, on: Entry | ErasedEntry, { entry }: Tapped): boolean {
  if ('erased' in on || on.kind !== 'matrix.event') return false;
  if (on.body.sender !== homeserver.compliance || on.body.room_id !== entry.body.room_id) return false;
  return shownAnswer.safeParse(on.body.content).success;
}

async function onCard(deps: DecideDeps, tapped: Tapped, card: Card): Promise<Turn> {
  const { entry, desk } = tapped;
  const { homeserver } = deps;
  // A card's id that was carried to another room is no card there.
  if (card.room !== entry.body.room_id) return DONE;
  const silence = await silenceAt(homeserver, desk, card.room);
  if (!silence.ok) return turnAfter(silence.error);
  if (silence.value !== undefined) return keepSilent(deps, tapped, silence.value.text);
  const { as, answer } = await decided(deps, tapped, card);
  return answer.code === 'ok' ? recorded(deps, as, answer) : reply(deps, as, answer);
}

interface Decided {
  /** As which command it is on record. */
  readonly as: Tapped;
  readonly answer: Answer;
}

async function decided(deps: DecideDeps, tapped: Tapped, card: Card): Promise<Decided> {
  const about = await deps.decisions.read(card.about);
  if (about === undefined || 'erased' in about) return { as: tapped, answer: await onVerdict(deps, tapped, card) };
  switch (about.kind) {
    case 'policy.rule-changed':
      return { as: { ...tapped, command: RULE }, answer: await onRule(deps, tapped, about) };
    case 'hold.release-requested':
      return { as: { ...tapped, command: HOLD }, answer: await onRelease(deps, tapped, about) };
    case 'retention.arm-requested':
      return { as: { ...tapped, command: RETENTION }, answer: await onArming(deps, tapped, about) };
    case 'dsar.run-requested':
      return { as: { ...tapped, command: DSAR }, answer: await onPerson(deps, tapped, about) };
    default:
      return { as: tapped, answer: await onVerdict(deps, tapped, card) };
  }
}

async function onVerdict({ homeserver, decisions, clock }: DecideDeps, tapped: Tapped, card: Card): Promise<Answer> {
  const { tap, desk, entry } = tapped;
  const { sender, event_id: event } = entry.body;
  const role = deskRole(desk, sender, homeserver.domain);
  const message = { event, sender, at: entry.at };
  return decide(decisions, { kind: KINDS[tap.says], verdict: card.about, message, desk, role, now: clock.now() });
}

async function onRule(deps: DecideDeps, tapped: Tapped, proposal: RuleChanged): Promise<Answer> {
  const { homeserver, decisions, tools, clock } = deps;
  const { tap, desk, entry } = tapped;
  if (tools.rules === undefined) return refused('failed', 'No rules are judged here: the admin can see why.');
  const { sender: by, event_id: event } = entry.body;
  const role = deskRole(desk, by, homeserver.domain);
  const wish = { says: tap.says, proposal, by, event, role, timezone: desk.timezone, now: clock.now() };
  return decideProposal({ rules: tools.rules, read: decisions.read }, wish);
}

function onRelease(deps: DecideDeps, tapped: Tapped, request: EntryOf<'hold.release-requested'>): Promise<Answer> {
  const { homeserver, tools, clock } = deps;
  const { tap, desk, entry } = tapped;
  const { sender: by, event_id: event, room_id: room } = entry.body;
  const role = deskRole(desk, by, homeserver.domain);
  const wish = { says: tap.says, request, by, event, room, at: entry.at, role };
  return decideRelease(tools.holds, { ...wish, timezone: desk.timezone, now: clock.now() });
}

function onArming(deps: DecideDeps, tapped: Tapped, request: EntryOf<'retention.arm-requested'>): Promise<Answer> {
  const { tap, desk, entry } = tapped;
  const { sender: by, event_id: event } = entry.body;
  const role = deskRole(desk, by, deps.homeserver.domain);
  return decideArming(deps.tools.retention, { says: tap.says, request, by, event, role });
}

function onPerson(deps: DecideDeps, tapped: Tapped, asked: EntryOf<'dsar.run-requested'>): Promise<Answer> {
  const { tap, desk, entry } = tapped;
  const { sender: by, event_id: event, room_id: room } = entry.body;
  const role = deskRole(desk, by, deps.homeserver.domain);
  const shown = { timezone: desk.timezone, now: deps.clock.now() };
  return decideAsk(deps.tools.persons, { says: tap.says, asked, by, event, room, role, shown });
}

/** What a tap did is seen on the card. */
async function recorded(deps: DecideDeps, tapped: Tapped, answer: Answer): Promise<Turn> {
  await deps.recorder.append([recordOf(deps, tapped, answer)]);
  return DONE;
}

function recordOf({ clock }: DecideDeps, tapped: Tapped, answer: Answer) {
  const { desk, command } = tapped;
  return commandRecord({ desk: desk.id, message: messageOf(tapped), clock }, { command, answer });
}

/** The tap as a message that could be answered; the answer stands below the card. */
function messageOf({ entry }: Tapped) {
  const { position, at, recordedAt, body } = entry;
  const { room_id: room, sender, event_id: event } = body;
  return { position, at, recordedAt, room, sender, event, text: '', plain: false };
}

async function reply(deps: DecideDeps, tapped: Tapped, answer: Answer): Promise<Turn> {
  const { homeserver, recorder } = deps;
  const { tap, entry, look, command } = tapped;
  await recorder.append([recordOf(deps, tapped, answer)]);
  const to = { ...messageOf(tapped), event: tap.on };
  const content = answerContent(answer, { to, command });
  const at = { as: homeserver.compliance, room: to.room, source: entry.position };
  const sent = await sendOnce(homeserver, { ...at, type: 'm.room.message', content, part: 'answer' }, look);
  return sent.ok ? DONE : turnAfter(sent.error);
}

/** Why nothing is done is said once, until the room is in order again. */
async function keepSilent(deps: DecideDeps, tapped: Tapped, text: string): Promise<Turn> {
  const { views, clock, homeserver } = deps;
  const { desk, entry } = tapped;
  const answer = refused('denied', text);
  const said = await views.read((reading) => saidInRoom(reading, entry.body.room_id, 'desk-silent'));
  if (said !== undefined) {
    await deps.recorder.append([recordOf(deps, tapped, answer)]);
    return DONE;
  }
  const turn = await reply(deps, tapped, answer);
  const spoken = speechRecord(
    { desk: desk.id, message: messageOf(tapped), clock },
    homeserver.compliance,
    'desk-silent',
  );
  return turn.to === 'done' ? { to: 'done', entries: [spoken] } : turn;
}
