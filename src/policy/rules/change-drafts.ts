/** From what is on record to what is wanted: which rules and lexicons change, and the entries that say so. */
import type { DraftOf, Entry } from '../../core/entry.ts';
import type { EventId, Millis, Position, UserId } from '../../core/ids.ts';
import type { Lexicon, Rule, RuleSet } from '../rule.ts';
import {
  itemKey,
  switchedRule,
  switchesOf,
  type ItemOnRecord,
  type RulesOnRecord,
  type Switches,
} from './rules-on-record.ts';
import { ruleSetOf } from './rule-set.ts';
import type { What } from './rule-store.ts';
import type { Written } from './rule-text.ts';
import { versionOf } from './version.ts';

export interface ItemChange {
  readonly what: What;
  readonly id: string;
  readonly change: 'added' | 'changed' | 'removed' | 'switched';
  /** Of the item as it is judged after the change; of a removed one as it was. */
  readonly version: string;
  readonly text?: string;
  /** With `switched` what is switched; otherwise what stays switched. */
  readonly set?: Switches;
  /** As it is judged after the change; absent for a removed one. */
  readonly item?: Rule | Lexicon;
}

/** Lexicons first, then rules, then what is removed. */
export function changesTo(wanted: readonly Written[], onRecord: RulesOnRecord): readonly ItemChange[] {
  const names = new Set(wanted.map(itemKey));
  const removed = [...onRecord.items.values()].filter(({ row }) => !names.has(itemKey(row)));
  return [
    ...wanted.flatMap((written) => changeTo(written, onRecord.items.get(itemKey(written))) ?? []),
    ...removed.map(({ row: { what, id, version } }) => ({ what, id, change: 'removed', version }) as const),
  ];
}

/** Undefined where it is in force just so. */
export function changeTo(written: Written, before: ItemOnRecord | undefined): ItemChange | undefined {
  const { what, id, text } = written;
  const set = before === undefined ? {} : stillSwitched(before, written);
  const item = written.what === 'rule' ? switchedRule(written.item, set) : written.item;
  const version = versionOf(item);
  const after = { what, id, version, text, item, ...(Object.keys(set).length === 0 ? {} : { set }) };
  if (before === undefined) return { ...after, change: 'added' };
  const asWritten = before.written === undefined ? undefined : versionOf(before.written.item);
  const isSame = asWritten === versionOf(written.item) && before.row.version === version;
  return isSame ? undefined : { ...after, change: 'changed' };
}

/** What a desk switched stays so until its file says something else about just that. */
function stillSwitched({ row, written: old }: ItemOnRecord, { what, item }: Written): Switches {
  if (what !== 'rule' || old?.what !== 'rule') return {};
  const { enabled, dryRun, consequence } = switchesOf(row);
  const was = old.item;
  return {
    ...(enabled === undefined || was.enabled !== item.enabled ? {} : { enabled }),
    ...(dryRun === undefined || was.dryRun !== item.dryRun ? {} : { dryRun }),
    ...(consequence === undefined || was.consequence !== item.consequence ? {} : { consequence }),
  };
}

/** Undefined where the rule is so already. */
export function switchTo(rule: Rule, set: Switches): ItemChange | undefined {
  const item = switchedRule(rule, set);
  const version = versionOf(item);
  if (version === versionOf(rule)) return undefined;
  return { what: 'rule', id: rule.id, change: 'switched', version, set, item };
}

export function setAfter(changes: readonly ItemChange[], { set }: RulesOnRecord): RuleSet {
  const rules = new Map<string, Rule>(set.rules.map((rule) => [rule.id, rule]));
  const lexicons = new Map<string, Lexicon>(set.lexicons.map((lexicon) => [lexicon.id, lexicon]));
  for (const { what, id, item } of changes) {
    if (what === 'rule') rules.delete(id);
    else lexicons.delete(id);
    if (item === undefined) continue;
    if ('when' in item) rules.set(id, item);
    else lexicons.set(id, item);
  }
  return ruleSetOf([...rules.values()], [...lexicons.values()]);
}

export interface Changing {
  readonly at: Millis;
  /** Digest of the set in force once this is on record. */
  readonly rules: string;
  readonly source: string;
  readonly by?: UserId | undefined;
  readonly approvedBy?: UserId | undefined;
}

type RuleDraft = DraftOf<'policy.rule-changed'>;

/** `proposed` instead of what would change: it stays out of force. */
export function changeDraft(change: ItemChange, how: Changing, proposed = false): RuleDraft {
  const { what, id, version, text, set } = change;
  const { at, rules, source, by, approvedBy } = how;
  const actor = approvedBy ?? by;
  return {
    kind: 'policy.rule-changed',
    at,
    source: { system: 'gatehouse', id: source, sure: true },
    ...(actor === undefined ? {} : { actor }),
    body: {
      ...{ what, id, version, rules, change: proposed ? 'proposed' : change.change },
      ...(text === undefined ? {} : { text }),
      ...(set === undefined ? {} : { set }),
      ...(by === undefined ? {} : { by }),
      ...(approvedBy === undefined ? {} : { approvedBy }),
    },
  };
}

/** What the files could not give: `version` stands for these very files, `text` says what is wrong. */
export function refusedDraft(
  given: { readonly what: What; readonly file: string; readonly version: string; readonly text: string },
  { at, rules }: Pick<Changing, 'at' | 'rules'>,
): RuleDraft {
  const { what, file, version, text } = given;
  const source = { system: 'gatehouse', id: `rules/refused/${version}/0`, sure: true };
  return {
    kind: 'policy.rule-changed',
    at,
    source,
    body: { what, id: file, change: 'refused', version, text, rules },
  };
}

/** One append from files: nothing else follows upon the same newest change. */
export function loadSource(newest: Position | 0, index: number): string {
  return `rules/load/${String(newest)}/${String(index)}`;
}

/** An officer's act: done once, however often its command is run. */
export function actSource(event: EventId): string {
  return `rules/desk/${event}`;
}

/** Of one load so many proposals are cards; the others wait for their command. */
const MOST_CARDS = 10;

/** Whether a proposal is shown as a card: a desk's own, and the first ones of a load. */
export function isCarded({ source }: Pick<Entry, 'source'>): boolean {
  const place = /^rules\/load\/[^/]+\/(\d+)$/u.exec(source.id)?.[1];
  return place === undefined || Number(place) < MOST_CARDS;
}

/** The first entry of a load: with it the desks are told of the whole. */
export function leadsLoad({ source }: Pick<Entry, 'source'>): boolean {
  return /^rules\/(?:load|refused)\/[^/]+\/0$/u.test(source.id);
}

/** Whether both came in one append from the files. */
export function isOfLoad({ source }: Pick<Entry, 'source'>, lead: Pick<Entry, 'source'>): boolean {
  return source.id.replace(/\d+$/u, '') === lead.source.id.replace(/\d+$/u, '');
}
