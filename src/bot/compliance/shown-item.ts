/** `!c show <item>`: what was stopped and why, where it stands, and what was said around it; numbers stay masked. */
import type { Entry, EntryOf } from '../../core/entry.ts';
import type { KeptHit } from '../../core/policy-entries.ts';
import type { Position } from '../../core/ids.ts';
import { itemId } from '../../policy/verdicts/item-id.ts';
import type { StandingVerdict } from '../../policy/verdicts/verdict-store.ts';
import { answered, refused, type Answer } from '../answer.ts';
import { oneLine } from '../quote.ts';
import { endedWords, personShown } from './ended-words.ts';
import { changeLine } from './change-line.ts';
import { cardedBy, refsOf, verdictEntry } from './carded.ts';
import type { DeskContext } from './desk-context.ts';
import { fileTexts } from './item-file-texts.ts';
import { earlierTexts, isMasked, stoppedText, textLines, type ItemText } from './item-texts.ts';
import { findingWords } from './finding-words.ts';
import { doneWords, itemLine } from './said-of.ts';
import { recordLine } from './record-line.ts';
import { fullTime, grouped } from './shown-time.ts';
import { surroundings } from './surroundings.ts';
import { NOTHING_MASKED, unmasking, type Unmasking } from './unmask.ts';

const MOST_FINDINGS = 5;

/** `unmask`: why the numbers of the message, and of those from which they go on, are to be shown. */
export async function shownItem(at: Position, context: DeskContext, unmask?: string): Promise<Answer> {
  const { tools, desk } = context;
  const verdict = verdictEntry(await tools.read(at));
  const standing = await tools.decisions.standing(at);
  if (verdict === undefined || standing === undefined) return noItem(at);
  const said = await saidIn(verdict, context);
  const hidden = said.texts.filter(isMasked);
  const unmasked = unmask !== undefined && hidden.length > 0;
  const not = unmasked ? await unmasking(shownBy(said.texts), unmask, context) : undefined;
  if (not !== undefined) return not;
  const around = await aroundOf(verdict, context);
  const lines = [
    `${itemId(at)} · ${fullTime(verdict.at, desk.timezone)} · ${await stateWords(standing, context)}`,
    said.head,
    ...textLines(said.texts, unmasked),
    ...(unmasked ? [] : maskedLine(at, hidden.length > 0, unmask !== undefined)),
    ...verdict.body.hits.flatMap(hitLines),
    ...(verdict.body.failed === undefined ? [] : [`The engine failed: ${verdict.body.failed}. Nobody looked at it.`]),
    ...around.changes,
    ...(await earlier(at, context)),
    ...section('Before:', around.before),
    ...section('After:', around.after),
  ];
  const positions = [...new Set([...refsOf(verdict), ...said.texts.map(({ of }) => of), ...around.positions])];
  return answered(lines.join('\n'), { positions, data: { item: itemId(at), state: standing.state, unmasked } });
}

function noItem(at: Position): Answer {
  return refused('not-found', `There's no item ${itemId(at)}. Its card names it; a record's number is digits alone.`);
}

/** Where it stands; of what waits for nobody what was done. */
async function stateWords(standing: StandingVerdict, { tools, desk, clock }: DeskContext): Promise<string> {
  if (standing.state === 'open') return 'quarantined';
  if (standing.state === 'closed') return `${doneWords(standing.consequence)}, nothing to decide`;
  const by = await tools.read(standing.changed);
  const ended = { state: standing.state, by: by === undefined || 'erased' in by ? undefined : by };
  return endedWords({ ...ended, now: clock.now() }, desk.timezone);
}

interface SaidIn {
  readonly head: string;
  /** What was stopped, then the earlier messages from which it goes on, and places in its files. */
  readonly texts: readonly [ItemText, ...ItemText[]];
}

async function saidIn(verdict: EntryOf<'policy.verdict'>, { tools }: DeskContext): Promise<SaidIn> {
  const carded = await cardedBy(verdict, tools);
  const { shown } = carded;
  const who = `${shown.from === undefined ? '' : personShown(shown.from)} → ${oneLine(shown.to ?? '')}`;
  const network = shown.network === undefined ? '' : ` (${shown.network})`;
  const head = `${who}${network} · record ${grouped(verdict.body.version ?? verdict.body.of)}`;
  return {
    head,
    texts: [stoppedText(carded), ...(await earlierTexts(verdict, tools)), ...(await fileTexts(verdict, tools))],
  };
}

function shownBy([stopped, ...before]: SaidIn['texts']): Unmasking {
  return { of: stopped.of, also: [...new Set(before.map(({ of }) => of))] };
}

function maskedLine(at: Position, isHidden: boolean, asked: boolean): readonly string[] {
  if (isHidden) return [`Masked. !c show ${itemId(at)} --unmask <reason> shows it.`];
  return asked ? [NOTHING_MASKED] : [];
}

/** The rule in its own words, then what it found. */
function hitLines(hit: KeptHit): readonly string[] {
  const dry = hit.dryRun ? ', dry run' : '';
  const shown = hit.findings.slice(0, MOST_FINDINGS).map((finding) => `  ${findingWords(finding)}`);
  const more = hit.count > shown.length ? [`  and ${hit.count - shown.length} more`] : [];
  return [
    `Rule ${oneLine(hit.rule)} (${hit.severity}, ${hit.consequence}${dry}): ${oneLine(hit.says)}`,
    ...shown,
    ...more,
  ];
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
