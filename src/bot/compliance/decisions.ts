/**
 * Approving and rejecting, by a tap or by a command: on record before anything is answered. The record says who was first;
 * what was asked twice, by one person after a crash or by two desks in one moment, is told what came of it.
 */
import type { Entry, ErasedEntry } from '../../core/entry.ts';
import type { Millis, Position } from '../../core/ids.ts';
import type { Desk, Role } from '../../core/line.ts';
import type { Recorder } from '../../core/ports/recorder.ts';
import { mayDecide, type NotDecided } from '../../policy/quarantine/decide.ts';
import { itemId } from '../../policy/verdicts/item-id.ts';
import type { StandingVerdict } from '../../policy/verdicts/verdict-store.ts';
import { answered, refused, type Answer } from '../answer.ts';
import type { Incoming } from '../incoming.ts';
import { endedWords } from './ended-words.ts';

export type DecisionKind = 'policy.approved' | 'policy.rejected';

export interface Decisions {
  readonly recorder: Pick<Recorder, 'append'>;
  /** Where a verdict stands now. */
  readonly standing: (verdict: Position) => Promise<StandingVerdict | undefined>;
  readonly read: (position: Position) => Promise<Entry | ErasedEntry | undefined>;
}

export interface Wish {
  readonly kind: DecisionKind;
  readonly verdict: Position;
  readonly note?: string;
  /** The tap or the command. */
  readonly message: Pick<Incoming, 'event' | 'sender' | 'at'>;
  readonly now: Millis;
  readonly desk: Desk;
  readonly role: Role | undefined;
}

/** @throws JournalDown when it can't be written: the task is then tried again. */
export async function decide(decisions: Decisions, wish: Wish): Promise<Answer> {
  const standing = await decisions.standing(wish.verdict);
  if (standing === undefined) return noItem(wish.verdict);
  const before = await outcome(decisions, wish, standing);
  if (before !== undefined) return before;
  const isSender = (await authorOf(decisions, standing.of)) === wish.message.sender;
  const may = mayDecide({ verdict: standing, role: wish.role, isSender });
  if (!may.ok) return refusal(may.error, wish);
  await put(decisions, wish, standing);
  const after = await decisions.standing(wish.verdict);
  return (after === undefined ? undefined : await outcome(decisions, wish, after)) ?? noItem(wish.verdict);
}

/** What has come of it: undefined while it is open. */
async function outcome(decisions: Decisions, wish: Wish, standing: StandingVerdict): Promise<Answer | undefined> {
  if (standing.state === 'open' || standing.state === 'closed') return undefined;
  const entry = await decisions.read(standing.changed);
  const by = entry === undefined || 'erased' in entry ? undefined : entry;
  const data = { item: itemId(wish.verdict), state: standing.state };
  const positions = [standing.of, standing.position];
  if (by?.source.id === sourceId(wish)) return answered(doneWords(wish), { data, positions });
  const words = endedWords({ state: standing.state, by, now: wish.now }, wish.desk.timezone);
  return refused('failed', `Nothing was done: ${data.item} was already ${words}.`, { data, positions });
}

function doneWords({ kind, verdict }: Wish): string {
  const item = itemId(verdict);
  return kind === 'policy.approved' ? `Approved ${item}: it goes out now.` : `Rejected ${item}: it is not sent.`;
}

/** One tap or command decides once, however often its task runs. */
function sourceId({ kind, message }: Wish): string {
  return `${kind}/${message.event}`;
}

async function put({ recorder }: Decisions, wish: Wish, standing: StandingVerdict): Promise<void> {
  const { kind, message, note } = wish;
  const { of, position: verdict, content } = standing;
  await recorder.append([
    {
      kind,
      at: message.at,
      source: { system: 'gatehouse', id: sourceId(wish), sure: true },
      actor: message.sender,
      body: { of, verdict, content, by: message.sender, ...(note === undefined ? {} : { note }) },
    },
  ]);
}

async function authorOf({ read }: Decisions, of: Position): Promise<string | undefined> {
  const entry = await read(of);
  return entry === undefined || 'erased' in entry ? undefined : entry.actor;
}

function noItem(verdict: Position): Answer {
  return refused('not-found', `There's no item ${itemId(verdict)} to decide.`);
}

function refusal(why: NotDecided, { verdict }: Wish): Answer {
  const item = itemId(verdict);
  switch (why) {
    case 'role':
      return refused('denied', 'Nothing was done: officers and reviewers decide.');
    case 'own-message':
      return refused('denied', `Nothing was done: you wrote what ${item} is about. Somebody else has to decide.`);
    case 'sender-decides':
      return refused('failed', `Nothing was done: ${item} only warned its sender, who decides by !anyway.`);
    case 'not-open':
    case 'no-item':
      return noItem(verdict);
  }
}
