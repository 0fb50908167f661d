/** What was said of each message, and where it stands: ids and digests alone; rules and findings stand in the entries. */
import { z } from 'zod';
import { parseEventId, parseMillis, parsePosition, type BadId, type EventId, type Millis } from '../../core/ids.ts';
import type { Position } from '../../core/ids.ts';
import { consequences, type Consequence } from '../../core/policy-words.ts';
import type { Result } from '../../core/result.ts';
import type { Reading } from '../../storage/database.ts';
import { statement } from '../../storage/statement.ts';
import { verdictStates, type VerdictState } from './verdict-moves.ts';

export interface KnownVerdict {
  readonly position: Position;
  readonly of: Position;
  /** SHA-256, hex: the very content that was judged. */
  readonly content: string;
  readonly consequence: Consequence | 'none';
  readonly state: VerdictState;
  readonly until: Millis | undefined;
}

export interface StandingVerdict extends KnownVerdict {
  /** The edit whose text was judged. */
  readonly version: Position | undefined;
  /** The entry that put it where it stands: its own, the decision, the deletion, the edit. */
  readonly changed: Position;
}

/** A message that may get a verdict, and what its sender did with it since. */
export interface JudgedEvent {
  readonly of: Position;
  readonly event: EventId | undefined;
  readonly sender: string | undefined;
  readonly version: Position | undefined;
  /** Deleted or cancelled before it went out. */
  readonly gone: boolean;
  /** With the network, or perhaps: what its sender does now changes nothing of it. */
  readonly out: boolean;
}

function id<T>(parse: (value: unknown) => Result<T, BadId>) {
  return z.custom<T>((value) => parse(value).ok);
}
const position = id(parsePosition);

const verdictRow = z
  .object({
    position,
    of_position: position,
    version: position.nullable(),
    content: z.string(),
    consequence: z.enum([...consequences, 'none']),
    state: z.enum(verdictStates),
    until: id(parseMillis).nullable(),
    changed: position,
  })
  .transform((row): StandingVerdict => ({
    position: row.position,
    of: row.of_position,
    version: row.version ?? undefined,
    content: row.content,
    consequence: row.consequence,
    state: row.state,
    until: row.until ?? undefined,
    changed: row.changed,
  }));
const messageRow = z
  .object({
    of_position: position,
    event: id(parseEventId).nullable(),
    sender: z.string().nullable(),
    version: position.nullable(),
    gone: z.number(),
    sent: z.number(),
  })
  .transform((row): JudgedEvent => ({
    of: row.of_position,
    event: row.event ?? undefined,
    sender: row.sender ?? undefined,
    version: row.version ?? undefined,
    gone: row.gone !== 0,
    out: row.sent !== 0,
  }));

const COLUMNS = ['position', 'of_position', 'version', 'content', 'consequence', 'state', 'until', 'changed'] as const;
/** Verdicts that one entry can move: those of one message. */
const MOST = 100;
/** The newest verdicts on one record: by other rules each, or on its files. */
const MOST_ABOUT = 20;
const MOST_EARLIER = 3;
/** More items than these wait for nobody in particular. */
const MOST_OPEN = 1_000;

type None = Record<string, never>;

const byContent = statement<{ of: number; content: string }, StandingVerdict>(
  (db, p) =>
    db
      .selectFrom('policy_verdict')
      .select(COLUMNS)
      .where('of_position', '=', p('of'))
      .where('content', '=', p('content'))
      .orderBy('position', 'desc')
      .limit(1),
  (row) => verdictRow.parse(row),
);
const byMessage = statement<{ of: number }, StandingVerdict>(
  (db, p) =>
    db
      .selectFrom('policy_verdict')
      .select(COLUMNS)
      .where('of_position', '=', p('of'))
      .orderBy('position', 'desc')
      .limit(MOST),
  (row) => verdictRow.parse(row),
);
const byPosition = statement<{ position: number }, StandingVerdict>(
  (db, p) => db.selectFrom('policy_verdict').select(COLUMNS).where('position', '=', p('position')),
  (row) => verdictRow.parse(row),
);
const byChange = statement<{ changed: number }, StandingVerdict>(
  (db, p) =>
    db
      .selectFrom('policy_verdict')
      .select(COLUMNS)
      .where('changed', '=', p('changed'))
      .orderBy('position', 'desc')
      .limit(MOST),
  (row) => verdictRow.parse(row),
);
const aboutRecord = statement<{ record: number }, StandingVerdict>(
  (db, p) =>
    db
      .selectFrom('policy_verdict')
      .select(COLUMNS)
      .where((row) =>
        row.or([
          row.and([row('of_position', '=', p('record')), row('version', 'is', null)]),
          row('version', '=', p('record')),
        ]),
      )
      .orderBy('position', 'desc')
      .limit(MOST_ABOUT),
  (row) => verdictRow.parse(row),
);
const openOnes = statement<None, StandingVerdict>(
  (db) =>
    db
      .selectFrom('policy_verdict')
      .select(COLUMNS)
      .where('state', '=', 'open')
      .where('consequence', '=', 'quarantine')
      .orderBy('position')
      .limit(MOST_OPEN),
  (row) => verdictRow.parse(row),
);
const earlierOnes = statement<{ record: number; below: number }, StandingVerdict>(
  (db, p) =>
    db
      .selectFrom('policy_verdict as verdict')
      .innerJoin('policy_message as message', 'message.of_position', 'verdict.of_position')
      .innerJoin('policy_message as this', 'this.sender', 'message.sender')
      .select(COLUMNS.map((column) => `verdict.${column}` as const))
      .where('this.of_position', '=', p('record'))
      .where('verdict.position', '<', p('below'))
      .where('verdict.consequence', '=', 'quarantine')
      .orderBy('verdict.position', 'desc')
      .limit(MOST_EARLIER),
  (row) => verdictRow.parse(row),
);
const EVENT = ['of_position', 'event', 'sender', 'version', 'gone', 'sent'] as const;
const eventAt = statement<{ of: number }, JudgedEvent>(
  (db, p) => db.selectFrom('policy_message').select(EVENT).where('of_position', '=', p('of')),
  (row) => messageRow.parse(row),
);
const eventNamed = statement<{ event: string }, JudgedEvent>(
  (db, p) =>
    db.selectFrom('policy_message').select(EVENT).where('event', '=', p('event')).orderBy('of_position').limit(1),
  (row) => messageRow.parse(row),
);

/** The newest verdict on this message with exactly this content. */
export async function newestVerdict(
  reading: Reading,
  of: Position,
  content: string,
): Promise<KnownVerdict | undefined> {
  return reading.get(byContent, { of, content });
}

/** All verdicts on this message, whatever its content was; the newest first. */
export function verdictsOf(reading: Reading, of: Position): Promise<readonly StandingVerdict[]> {
  return reading.all(byMessage, { of });
}

/** The newest verdicts on the text of exactly this record: a message's first one, or an edit's own. */
export function verdictsAbout(reading: Reading, record: Position): Promise<readonly StandingVerdict[]> {
  return reading.all(aboutRecord, { record });
}

/** The newest items before this one on messages of the same sender; at most three. */
export async function itemsBeforeOn(reading: Reading, verdict: Position): Promise<readonly StandingVerdict[]> {
  const known = await verdictAt(reading, verdict);
  return known === undefined ? [] : reading.all(earlierOnes, { record: known.of, below: verdict });
}

/** Items that wait for an officer, oldest first; at most 1,000. */
export function openItems(reading: Reading): Promise<readonly StandingVerdict[]> {
  return reading.all(openOnes, {});
}

export function verdictAt(reading: Reading, at: Position): Promise<StandingVerdict | undefined> {
  return reading.get(byPosition, { position: at });
}

/** Those that this entry put where they stand. */
export function verdictsChangedBy(reading: Reading, entry: Position): Promise<readonly StandingVerdict[]> {
  return reading.all(byChange, { changed: entry });
}

export function judgedMessage(reading: Reading, of: Position): Promise<JudgedEvent | undefined> {
  return reading.get(eventAt, { of });
}

export function judgedEvent(reading: Reading, event: EventId): Promise<JudgedEvent | undefined> {
  return reading.get(eventNamed, { event });
}
