/** Task `policy.rules-told`: every desk is told what came of the files of rules, once. */
import { tellDesks } from '../../bridge/tell-desks.ts';
import type { Entry, ErasedEntry } from '../../core/entry.ts';
import { nextPosition, type Position } from '../../core/ids.ts';
import type { Homeserver } from '../../core/ports/homeserver.ts';
import type { Journal } from '../../journal/journal.ts';
import { isOfLoad } from '../../policy/rules/change-drafts.ts';
import type { Named } from '../../policy/rules/load-files.ts';
import type { RuleChanged } from '../../policy/rules/rules-on-record.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import { turnAfter } from '../homeserver-turn.ts';
import { inertLines } from '../quote.ts';
import { changesWords } from './rule-words.ts';

export interface RulesToldDeps {
  readonly homeserver: Homeserver;
  readonly journal: Pick<Journal, 'append' | 'read' | 'views'>;
}

const DONE: Turn = { to: 'done' };
/** On the first day there may be no desk yet. */
const DESK_AGAIN_MS = 3_000;
const DESK_TRIES_MAX = 20;
/** Of one load that are looked at; of more their number is told. */
const MOST_CHANGES = 500;
const MOST_NAMED = 20;

export function rulesToldTask({ homeserver, journal }: RulesToldDeps): TaskHandler {
  return async (task, entry, context) => {
    if ('erased' in entry || entry.kind !== 'policy.rule-changed') return DONE;
    const text = wordsOf(entry, await loadOf(entry, (position) => journal.read(position)));
    const look = context.mayRepeat || task.attempts > 0;
    const told = await tellDesks({ text, source: entry.position, part: 'rules', look }, { homeserver, journal });
    if (!told.ok) return turnAfter(told.error);
    const again = told.value === 0 && task.attempts < DESK_TRIES_MAX;
    return again ? { to: 'retry', reason: 'homeserver-refused', afterMs: DESK_AGAIN_MS } : DONE;
  };
}

/** What came in one append: it stands side by side on record. */
async function loadOf(
  lead: RuleChanged,
  read: (position: Position) => Promise<Entry | ErasedEntry | undefined>,
): Promise<readonly RuleChanged[]> {
  const load: RuleChanged[] = [];
  let entry: Entry | ErasedEntry | undefined = lead;
  while (entry !== undefined && load.length < MOST_CHANGES) {
    if ('erased' in entry || entry.kind !== 'policy.rule-changed' || !isOfLoad(entry, lead)) break;
    load.push(entry);
    entry = await read(nextPosition(entry.position));
  }
  return load;
}

function wordsOf({ body }: RuleChanged, load: readonly RuleChanged[]): string {
  if (body.change === 'refused') {
    return [
      'The files of rules have a problem. The rules of before stay in force.',
      inertLines(body.text ?? ''),
      'Mend them, then !c rule reload.',
    ].join('\n');
  }
  if (body.change !== 'proposed') return `Rules in force from now on: ${changesWords(load.map(namedOf))}`;
  const back = load.filter(isTakenBack).map((entry) => entry.body.id);
  const wished = load.filter((entry) => !isTakenBack(entry)).map(namedOf);
  return [
    ...(wished.length === 0
      ? []
      : [
          `Rules are proposed, not in force: ${changesWords(wished)}`,
          "A second officer's ✅ on its card, or !c rule approve <id>, lets one into force.",
        ]),
    ...(back.length === 0 ? [] : [`The files no longer propose: ${back.slice(0, MOST_NAMED).join(', ')}`]),
  ].join('\n');
}

function isTakenBack({ body }: RuleChanged): boolean {
  return body.text === undefined && body.set !== undefined;
}

function namedOf({ body }: RuleChanged): Named {
  const { what, id, change } = body;
  if (change === 'added' || change === 'removed' || change === 'switched') return { what, id, change };
  return { what, id, change: body.text === undefined ? 'removed' : 'changed' };
}
