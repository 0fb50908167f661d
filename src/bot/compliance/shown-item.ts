/** `!c show <item>`: what was stopped and why, where it stands, and what was said around it; numbers stay masked. */
import type { Entry, EntryOf } from '../../core/entry.ts';
import type { KeptFinding, KeptHit } from '../../core/policy-entries.ts';
import type { Position } from '../../core/ids.ts';
import { itemId } from '../../policy/verdicts/item-id.ts';
import { answered, refused, type Answer } from '../answer.ts';
import { inertLines, oneLine } from '../quote.ts';
import { endedWords, personShown } from './ended-words.ts';
import { changeLine } from './change-line.ts';
import { cardedBy, refsOf, verdictEntry } from './carded.ts';
import type { DeskContext } from './desk-context.ts';
import { maskedText } from './masked-text.ts';
import { itemLine } from './said-of.ts';
import { recordLine } from './record-line.ts';
import { fullTime, grouped } from './shown-time.ts';
import { surroundings } from './surroundings.ts';
import { unmasking } from './unmask.ts';

const MOST_FINDINGS = 5;

/** `unmask`: why the numbers of the message are to be shown. */
export async function shownItem(at: Position, context: DeskContext, unmask?: string): Promise<Answer> {
  const { tools, desk } = context;
  const verdict = verdictEntry(await tools.read(at));
  const standing = await tools.decisions.standing(at);
  if (verdict === undefined || standing === undefined) return noItem(at);
  const not =
    unmask === undefined ? undefined : await unmasking(verdict.body.version ?? verdict.body.of, unmask, context);
  if (not !== undefined) return not;
  const by = await tools.read(standing.changed);
  const ended = { state: standing.state, by: by === undefined || 'erased' in by ? undefined : by };
  const state =
    standing.state === 'open' ? 'quarantined' : endedWords({ ...ended, now: context.clock.now() }, desk.timezone);
  const around = await aroundOf(verdict, context);
  const lines = [
    `${itemId(at)} · ${fullTime(verdict.at, desk.timezone)} · ${state}`,
    ...(await saidLines(verdict, context, unmask !== undefined)),
    ...verdict.body.hits.flatMap(hitLines),
    ...(verdict.body.failed === undefined ? [] : [`The engine failed: ${verdict.body.failed}. Nobody looked at it.`]),
    ...around.changes,
    ...(await earlier(at, context)),
    ...section('Before:', around.before),
    ...section('After:', around.after),
  ];
  const positions = [...new Set([...refsOf(verdict), ...around.positions])];
  return answered(lines.join('\n'), {
    positions,
    data: { item: itemId(at), state: standing.state, unmasked: unmask !== undefined },
  });
}

function noItem(at: Position): Answer {
  return refused('not-found', `There's no item ${itemId(at)}. Its card names it; a record's number is digits alone.`);
}

async function saidLines(
  verdict: EntryOf<'policy.verdict'>,
  { tools }: DeskContext,
  unmasked: boolean,
): Promise<readonly string[]> {
  const { shown, text } = await cardedBy(verdict, tools);
  const who = `${shown.from === undefined ? '' : personShown(shown.from)} → ${oneLine(shown.to ?? '')}`;
  const network = shown.network === undefined ? '' : ` (${shown.network})`;
  const head = `${who}${network} · record ${grouped(verdict.body.of)}`;
  if (text === undefined || text === '') return [head, text === undefined ? '[erased]' : '[no text]'];
  const masked = maskedText(text, verdict.body.hits);
  const hint = `Masked. !c show ${itemId(verdict.position)} --unmask <reason> shows it.`;
  return [head, `“${inertLines(unmasked ? text : masked)}”`, ...(unmasked || masked === text ? [] : [hint])];
}

/** The rule in its own words, then what it found. */
function hitLines(hit: KeptHit): readonly string[] {
  const dry = hit.dryRun ? ', dry run' : '';
  const shown = hit.findings.slice(0, MOST_FINDINGS).map(findingLine);
  const more = hit.count > shown.length ? [`  and ${hit.count - shown.length} more`] : [];
  return [
    `Rule ${oneLine(hit.rule)} (${hit.severity}, ${hit.consequence}${dry}): ${oneLine(hit.says)}`,
    ...shown,
    ...more,
  ];
}

function findingLine({ by, what, masked, confidence, tricks }: KeptFinding): string {
  const value = masked === '' ? '' : ` ${oneLine(masked)}`;
  const how = tricks.length === 0 ? '' : ` · ${tricks.map(oneLine).join(', ')}`;
  return `  ${oneLine(by)}${value} in ${oneLine(what)} · ${Math.round(confidence * 100)} % sure${how}`;
}

/** What the same person's messages were stopped for before. */
async function earlier(at: Position, context: DeskContext): Promise<readonly string[]> {
  const items = await context.tools.earlierItems(at);
  return section(
    'Earlier items of the same sender:',
    items.map((item) => itemLine(item, context)),
  );
}

interface Around {
  /** Its edits, and its deletion. */
  readonly changes: readonly string[];
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly positions: readonly Position[];
}

async function aroundOf(verdict: EntryOf<'policy.verdict'>, context: DeskContext): Promise<Around> {
  const message = await context.tools.read(verdict.body.of);
  if (message === undefined || 'erased' in message) return { changes: [], before: [], after: [], positions: [] };
  const { before, after, changes } = await surroundings(message, context.tools);
  return {
    changes: await Promise.all(changes.map((change) => changeLine(change, context))),
    before: await linesOf(before, context),
    after: await linesOf(after, context),
    positions: [...before, ...changes.map(({ entry }) => entry), ...after].map(({ position }) => position),
  };
}

function linesOf(entries: readonly Entry[], context: DeskContext): Promise<readonly string[]> {
  return Promise.all(entries.map(async (entry) => (await recordLine(entry, context)).text));
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines];
}
