/** What was said around a record in its room, and what became of it. */
import type { Entry } from '../../core/entry.ts';
import { isJsonObject } from '../../core/json.ts';
import { must, parsePosition, type Position } from '../../core/ids.ts';
import { isMessage } from '../../journal/search/entry-texts.ts';
import type { DeskTools } from './desk-context.ts';

export const NEIGHBOURS = 3;
/** How far is looked on each side: a bound on the work for one command, not a promise to find. */
export const LOOKED_THROUGH = 5_000;
const PAGE = 250;

export interface Change {
  readonly what: 'edited' | 'deleted' | 'retried' | 'withdrawn';
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

type Reading = Pick<DeskTools, 'readMany' | 'size'>;

export async function surroundings(entry: Entry, tools: Reading): Promise<Surroundings> {
  const before: Entry[] = [];
  const after: Entry[] = [];
  const changes: Change[] = [];
  for await (const page of pages(tools, entry.position, -1)) {
    before.push(...page.filter((other) => isNeighbour(entry, other)));
    if (before.length >= NEIGHBOURS) break;
  }
  for await (const page of pages(tools, entry.position, 1)) {
    after.push(...page.filter((other) => isNeighbour(entry, other)));
    changes.push(...page.map((other) => changeOf(entry, other)).filter((change) => change !== undefined));
  }
  return { before: before.slice(0, NEIGHBOURS).reverse(), after: after.slice(0, NEIGHBOURS), changes };
}

/** Entries from `from` on (not it), nearest first, in pages. */
async function* pages(tools: Reading, from: Position, step: 1 | -1): AsyncGenerator<readonly Entry[]> {
  const size = await tools.size();
  for (let done = 0; done < LOOKED_THROUGH; done += PAGE) {
    const wanted = Array.from({ length: PAGE }, (_, i) => from + step * (done + i + 1));
    const positions = wanted.filter((n) => n >= 1 && n <= size).map((n) => must(parsePosition(n)));
    if (positions.length === 0) return;
    const entries = await tools.readMany(positions);
    const opened = entries.flatMap((entry) => ('erased' in entry ? [] : [entry]));
    yield opened.sort((a, b) => step * (a.position - b.position));
  }
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
    case 'delivery.retry':
      return other.body.of === entry.position ? { what: 'retried', entry: other } : undefined;
    case 'delivery.abandoned':
      return other.body.of === entry.position && other.body.reason === 'withdrawn'
        ? { what: 'withdrawn', entry: other }
        : undefined;
    default:
      return undefined;
  }
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
