/** Placing a hold: its query is understood once, and what it names is fixed from then on. */
import type { Draft } from '../../core/entry.ts';
import { parseMillis, type HoldId, type Millis, type Position, type UserId } from '../../core/ids.ts';
import type { AskedAt, HoldSelector } from '../../core/retention-entries.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { OpenJournal } from '../../journal/open-journal.ts';
import type { FieldResolver } from '../../journal/search/field-resolver.ts';
import type { Marks } from '../../journal/search/marks.ts';
import { planOf } from '../../journal/search/plan.ts';
import { parseQuery } from '../../journal/search/query/parser.ts';
import type { Query, QueryContext, QueryError } from '../../journal/search/query/query.ts';
import { holdsNamed, MOST_STANDING, standingHolds } from './hold-store.ts';
import { writeMeant } from './stored-query.ts';

export interface PlacingDeps {
  readonly journal: Pick<OpenJournal, 'append' | 'views' | 'reader' | 'search'>;
  readonly resolver: FieldResolver;
  readonly marks: Pick<Marks, 'knows'>;
}

export interface HoldWish {
  readonly hold: HoldId;
  readonly query: string;
  readonly case?: string;
  readonly custodians: readonly UserId[];
  readonly asked: AskedAt;
  readonly at: Millis;
  /** How the query's days and numbers are read. */
  readonly context: QueryContext;
}

export type NotPlaced =
  | { readonly why: 'query'; readonly error: QueryError }
  /** Nobody and nothing here is called so. */
  | { readonly why: 'unknown'; readonly names: readonly string[] }
  | { readonly why: 'name-taken' | 'too-many' };

/** It stands from when this resolves; asked again after a crash it is placed once. @throws JournalDown */
export async function placeHold(deps: PlacingDeps, wish: HoldWish): Promise<Result<Position, NotPlaced>> {
  const { journal } = deps;
  const [before] = await journal.reader.bySource(sourceOf(wish));
  if (before !== undefined) return ok(before);
  const selector = await selectorOf(deps, wish);
  if (!selector.ok) return selector;
  const full = await journal.views.read(async (reading): Promise<'name-taken' | 'too-many' | undefined> => {
    const { sealer } = journal.views;
    if ((await holdsNamed(reading, sealer, wish.hold)).length > 0) return 'name-taken';
    return (await standingHolds(reading, sealer)).length >= MOST_STANDING ? 'too-many' : undefined;
  });
  if (full !== undefined) return err({ why: full });
  const [placed] = await journal.append([draftOf(wish, selector.value)]);
  if (placed === undefined) throw new Error('an append of one entry resolved with none');
  return ok(placed.position);
}

function sourceOf({ asked }: HoldWish) {
  return { system: 'gatehouse', id: `hold.placed/${asked.event}`, sure: true } as const;
}

function draftOf(wish: HoldWish, selector: HoldSelector): Draft {
  const { hold, custodians, asked, at, case: caseName } = wish;
  return {
    ...{ kind: 'hold.placed', at, source: sourceOf(wish), actor: asked.by, room: asked.room },
    body: {
      ...{ hold, selector, custodians, by: asked.by, at: asked },
      ...(caseName === undefined ? {} : { case: caseName }),
    },
  };
}

async function selectorOf(deps: PlacingDeps, wish: HoldWish): Promise<Result<HoldSelector, NotPlaced>> {
  const { journal, resolver, marks } = deps;
  const query = parseQuery(wish.query, wish.context);
  if (!query.ok) return err({ why: 'query', error: query.error });
  const { meant, unknown } = await planOf(query.value, {
    ...{ resolver, tokens: journal.search.tokens, now: wish.context.now },
    knows: (mark) => journal.views.read((reading) => marks.knows(mark, reading)),
  });
  if (unknown.length > 0) return err({ why: 'unknown', names: unknown });
  const text = writeMeant({ query: query.value, meant });
  return ok({ query: wish.query, meant: text, ...boundsOf(query.value) });
}

/** The time that all of the query is bound to; said in answers, decided by the query itself. */
function boundsOf(query: Query): Pick<HoldSelector, 'from' | 'until'> {
  const times = (query.is === 'and' ? query.of : [query]).filter((part) => part.is === 'time');
  const from = Math.max(...times.map((time) => time.from ?? -Infinity));
  const until = Math.min(...times.map((time) => time.to ?? Infinity));
  const [first, last] = [parseMillis(from), parseMillis(until)];
  return { ...(first.ok ? { from: first.value } : {}), ...(last.ok ? { until: last.value } : {}) };
}
