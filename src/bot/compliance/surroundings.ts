/** What was said around a record in its room, and what became of it. */
import type { Entry, ErasedEntry } from '../../core/entry.ts';
import { isJsonObject } from '../../core/json.ts';
import { must, parsePosition, type Position } from '../../core/ids.ts';
import { isMessage } from '../../journal/search/entry-texts.ts';
import type { DeskTools } from './desk-context.ts';

const NEIGHBOURS = 3;
/** How far is looked on each side: a bound on the work for one command, not a promise to find. */
const LOOKED_THROUGH = 5_000;
const PAGE = 250;

export interface Change {
  readonly what: 'edited' | 'deleted' | 'taken away by a rule' | 'retried' | 'withdrawn';
  readonly entry: Entry;
  /** The new text of an edit. */
  readonly text?: string;
}

export interface Surroundings {
  /** Oldest first, at most three. */
  readonly before: readonly Entry[];
  readonly after: readonly Entry[];
  readonly changes: readonly Change[];
}

type Reading = Pick<DeskTools, 'entriesFrom'>;

export async function surroundings(entry: Entry, tools: Reading): Promise<Surroundings> {
  const before: Entry[] = [];
  for await (const page of backwards(entry.position, tools)) {
    before.unshift(...page.filter((other) => isNeighbour(entry, other)));
    if (before.length >= NEIGHBOURS) break;
  }
  const after: Entry[] = [];
  const changes: Change[] = [];
  for await (const page of forwards(entry.position, tools)) {
    after.push(...page.filter((other) => isNeighbour(entry, other) && changeOf(entry, other) === undefined));
    changes.push(...page.flatMap((other) => changeOf(entry, other) ?? []));
  }
  return { before: before.slice(-NEIGHBOURS), after: after.slice(0, NEIGHBOURS), changes: whose(changes) };
}

/** The homeserver shows what a rule took away as if its sender had: only the record knows better. */
function whose(changes: readonly Change[]): readonly Change[] {
  const byRule = changes.some(({ what }) => what === 'taken away by a rule');
  return byRule ? changes.filter(({ what }) => what !== 'deleted') : changes;
}

/** Pages of entries before `position`, the nearest page first; oldest first within a page. */
async function* backwards(position: Position, tools: Reading): AsyncGenerator<readonly Entry[]> {
  const end = Math.max(1, position - LOOKED_THROUGH);
  for (let to = position - 1; to >= end; to -= PAGE) {
    const from = Math.max(end, to - PAGE + 1);
    yield opened(await tools.entriesFrom(must(parsePosition(from)), to - from + 1));
  }
}

async function* forwards(position: Position, tools: Reading): AsyncGenerator<readonly Entry[]> {
  for (let from = position + 1; from <= position + LOOKED_THROUGH; from += PAGE) {
    const page = await tools.entriesFrom(must(parsePosition(from)), PAGE);
    yield opened(page);
    if (page.length < PAGE) return;
  }
}

function opened(entries: readonly (Entry | ErasedEntry)[]): readonly Entry[] {
  return entries.flatMap((entry) => ('erased' in entry ? [] : [entry]));
}

function isNeighbour(entry: Entry, other: Entry): boolean {
  if (!isMessage(other)) return false;
  if (entry.portal !== undefined) return other.portal === entry.portal;
  return entry.room !== undefined && other.room === entry.room;
}

function changeOf(entry: Entry, other: Entry): Change | undefined {
  switch (other.kind) {
    case 'matrix.event':
      return entry.kind === 'matrix.event' ? eventChange(entry.body.event_id, other) : undefined;
    case 'policy.redacted':
      return isOf(entry, other) ? takenAway(other) : undefined;
    case 'delivery.retry':
      return isOf(entry, other) ? { what: 'retried', entry: other } : undefined;
    case 'delivery.abandoned':
      return isOf(entry, other) && other.body.reason === 'withdrawn' ? { what: 'withdrawn', entry: other } : undefined;
    default:
      return undefined;
  }
}

function takenAway(other: Entry & { readonly kind: 'policy.redacted' }): Change | undefined {
  return other.body.how === 'not-possible' ? undefined : { what: 'taken away by a rule', entry: other };
}

function isOf(entry: Entry, other: { readonly body: { readonly of: Position } }): boolean {
  return other.body.of === entry.position;
}

function eventChange(event: string, other: Entry & { readonly kind: 'matrix.event' }): Change | undefined {
  const { type, content, redacts } = other.body;
  if (type === 'm.room.redaction' && (redacts ?? content['redacts']) === event)
    return { what: 'deleted', entry: other };
  const relation = content['m.relates_to'];
  if (!isJsonObject(relation) || relation['rel_type'] !== 'm.replace' || relation['event_id'] !== event)
    return undefined;
  const replaced = content['m.new_content'];
  const text = isJsonObject(replaced) ? replaced['body'] : content['body'];
  return { what: 'edited', entry: other, ...(typeof text === 'string' ? { text } : {}) };
}
