/** The set in force as the record has it: the texts of its entries, with what desks have switched. */
import type { Entry, EntryOf, ErasedEntry } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { Views } from '../../journal/journal.ts';
import type { Rule, RuleSet } from '../rule.ts';
import { readText, type Written } from './rule-text.ts';
import { ruleSetOf } from './rule-set.ts';
import { hasBegun, itemsInForce, newestChange, openProposals, type ItemRow } from './rule-store.ts';

/** What of the journal is read. */
export interface RuleRecord {
  readonly views: Pick<Views, 'read'>;
  readMany(positions: readonly Position[]): Promise<readonly (Entry | ErasedEntry)[]>;
}

export type RuleChanged = EntryOf<'policy.rule-changed'>;
/** What a desk has switched. */
export type Switches = NonNullable<RuleChanged['body']['set']>;

export interface ItemOnRecord {
  readonly row: ItemRow;
  /** Undefined where its text is erased, or can't be read by this version of the product. */
  readonly written: Written | undefined;
}

export interface RulesOnRecord {
  /** By what and id: `rule card-number`. */
  readonly items: ReadonlyMap<string, ItemOnRecord>;
  /** The newest change of any sort; 0 before the first. */
  readonly newest: Position | 0;
  /** False until a first set was taken into force. */
  readonly hasBegun: boolean;
  /** Of those that can be read. */
  readonly set: RuleSet;
  /** Oldest first. */
  readonly proposals: readonly RuleChanged[];
}

export function itemKey({ what, id }: Pick<ItemRow, 'what' | 'id'>): string {
  return `${what} ${id}`;
}

export async function rulesOnRecord(record: RuleRecord): Promise<RulesOnRecord> {
  const { rows, newest, proposed, begun } = await record.views.read(async (reading) => ({
    rows: await itemsInForce(reading),
    newest: await newestChange(reading),
    proposed: await openProposals(reading),
    begun: await hasBegun(reading),
  }));
  const texts = new Map(
    (
      await changesAt(
        record,
        rows.map((row) => row.text_at),
      )
    ).map((entry) => [entry.position, entry]),
  );
  const items = new Map(rows.map((row) => [itemKey(row), { row, written: writtenOf(row, texts.get(row.text_at)) }]));
  return {
    items,
    newest: newest?.position ?? 0,
    hasBegun: begun,
    set: setOf([...items.values()]),
    proposals: await changesAt(record, proposed),
  };
}

/** As it is judged: as written, but for what a desk has switched. */
export function switchedRule(rule: Rule, { enabled, dryRun, consequence }: Switches): Rule {
  return {
    ...rule,
    enabled: enabled ?? rule.enabled,
    dryRun: dryRun ?? rule.dryRun,
    consequence: consequence ?? rule.consequence,
  };
}

export function switchesOf({ enabled, dry_run, consequence }: ItemRow): Switches {
  return {
    ...(enabled === null ? {} : { enabled }),
    ...(dry_run === null ? {} : { dryRun: dry_run }),
    ...(consequence === null ? {} : { consequence }),
  };
}

/** Those of `positions` that are there and not erased. */
export async function changesAt(record: RuleRecord, positions: readonly Position[]): Promise<readonly RuleChanged[]> {
  const entries = await record.readMany(positions);
  return entries.flatMap((entry) => ('erased' in entry || entry.kind !== 'policy.rule-changed' ? [] : [entry]));
}

function writtenOf({ what, id }: ItemRow, entry: RuleChanged | undefined): Written | undefined {
  const text = entry?.body.text;
  return text === undefined ? undefined : readText(what, id, text);
}

function setOf(items: readonly ItemOnRecord[]): RuleSet {
  const rules = items.flatMap(({ row, written }) =>
    written?.what === 'rule' ? [switchedRule(written.item, switchesOf(row))] : [],
  );
  const lexicons = items.flatMap(({ written }) => (written?.what === 'lexicon' ? [written.item] : []));
  return ruleSetOf(rules, lexicons);
}
