/** In what circumstances an entry is judged: from the entry, the config, and what its sender said just before. */
import type { Direction, Entry, ErasedEntry } from '../../core/entry.ts';
import type { NetworkId, Position, RoomId } from '../../core/ids.ts';
import type { Line } from '../../core/line.ts';
import type { Views } from '../../journal/journal.ts';
import type { MessageContext } from '../message.ts';
import { editedBy } from './event-texts.ts';
import { messageOf } from './message-of.ts';
import { saidBefore, senderOf } from './said-store.ts';

export interface ContextDeps {
  readonly journal: {
    readonly views: Views;
    readMany(positions: readonly Position[]): Promise<readonly (Entry | ErasedEntry)[]>;
  };
  readonly lines: readonly Line[];
  /** Names of the config's groups that somebody is in. */
  readonly groupsOf: (sender: string) => Promise<readonly string[]>;
  /** Names that the config gives a room. */
  readonly tagsOf?: (room: RoomId) => readonly string[];
}

const MOST_BEFORE = 5;
const BEFORE_MS = 5 * 60_000;
/** Of each message before, its end: what goes on in the next one stands there. */
const MOST_OF_EACH = 4_096;

/** The same for the same entry, whenever it is asked: times are the entry's own. */
export async function contextOf(entry: Entry, direction: Direction, deps: ContextDeps): Promise<MessageContext> {
  const standing = await standingOf(entry, direction, deps);
  return { ...standing, before: await textsBefore(entry, direction, deps) };
}

/** Who said it, where and when: everything but what was said before. */
export async function standingOf(
  entry: Entry,
  direction: Direction,
  deps: Pick<ContextDeps, 'lines' | 'groupsOf' | 'tagsOf'>,
): Promise<Omit<MessageContext, 'before'>> {
  const sender = senderOf(entry) ?? '';
  const { room, line } = entry;
  const country = countryOf(entry, deps.lines);
  const network = networkOf(entry, deps.lines);
  return {
    direction,
    at: entry.at,
    sender,
    senderGroups: await deps.groupsOf(sender),
    tags: room === undefined ? [] : (deps.tagsOf?.(room) ?? []),
    ...(room === undefined ? {} : { room }),
    ...(line === undefined ? {} : { line }),
    ...(network === undefined ? {} : { network }),
    ...(country === undefined ? {} : { country }),
  };
}

function networkOf(entry: Entry, lines: readonly Line[]): NetworkId | undefined {
  if (entry.kind === 'network.message' || entry.kind === 'network.edit' || entry.kind === 'portal.wanted') {
    return entry.body.network;
  }
  return lines.find(({ id }) => id === entry.line)?.network;
}

/** Inside the company numbers are read as on the first line, as at the command line. */
function countryOf(entry: Entry, lines: readonly Line[]): string | undefined {
  return (lines.find(({ id }) => id === entry.line) ?? lines[0])?.country;
}

type Before = MessageContext['before'][number];

/** Only what went the same way: a note among colleagues is no part of what a customer was sent. */
async function textsBefore(
  entry: Entry,
  direction: Direction,
  { journal }: ContextDeps,
): Promise<MessageContext['before']> {
  const { views } = journal;
  const positions = await views.read((reading) => saidBefore(entry, BEFORE_MS, { reading, sealer: views.sealer }));
  if (positions.length === 0) return [];
  const byPosition = new Map((await journal.readMany(positions)).map((one) => [one.position, one]));
  return beforeIn(
    entry,
    direction,
    positions.flatMap((position) => byPosition.get(position) ?? []),
  );
}

/** What of `said`, by the same sender at the same place, the newest first, an entry is judged together with. */
export function beforeIn(
  entry: Entry,
  direction: Direction,
  said: readonly (Entry | ErasedEntry)[],
): MessageContext['before'] {
  const replaced = new Set(replacedBy(entry));
  const before: Before[] = [];
  for (const earlier of said) {
    if ('erased' in earlier || earlier.direction !== direction || Math.abs(entry.at - earlier.at) > BEFORE_MS) continue;
    const edited = replacedBy(earlier);
    const isReplaced = [...eventOf(earlier), ...edited].some((event) => replaced.has(event));
    for (const event of edited) replaced.add(event);
    const text = isReplaced ? undefined : textOf(earlier);
    if (text !== undefined) before.push({ of: earlier.position, text, at: earlier.at });
  }
  return before.slice(0, MOST_BEFORE);
}

function eventOf(entry: Entry): readonly string[] {
  return entry.kind === 'matrix.event' ? [entry.body.event_id] : [];
}

/** What an edit replaces is not beside it in the room: the same digits would stand there twice. */
function replacedBy(entry: Entry): readonly string[] {
  const target = entry.kind === 'matrix.event' ? editedBy(entry.body) : undefined;
  return target === undefined ? [] : [target];
}

function textOf(entry: Entry): string | undefined {
  const piece = messageOf(entry)?.pieces.find(({ what }) => what === 'body' || what === 'caption');
  return piece?.text.slice(-MOST_OF_EACH).toWellFormed();
}
