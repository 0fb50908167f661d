/**
 * A gate with four rules, each a word: `card` is quarantined, `promise` warned of, `weapon` never goes out, and of
 * `invoice` a flag is kept. It remembers nothing: what was decided it reads from the record, as after a crash.
 */
import { createHash } from 'node:crypto';
import type { Draft, Entry, EntryOf, ErasedEntry } from '../../src/core/entry.ts';
import { after, type Position } from '../../src/core/ids.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { KeptHit } from '../../src/core/policy-entries.ts';
import type { EditJudged, Gatekeeper, Passage, Showing } from '../../src/core/ports/gatekeeper.ts';

export const RULES = '5'.repeat(64);
export const EXPIRES_MS = 3_600_000;

type Verdict = EntryOf<'policy.verdict'>;
type Acting = 'quarantine' | 'warn' | 'block' | 'flag';
const words: readonly (readonly [string, Acting, string])[] = [
  ['card', 'quarantine', 'looks like a payment card number'],
  ['promise', 'warn', 'promises a result'],
  ['weapon', 'block', 'talks of weapons'],
  ['invoice', 'flag', 'talks of an invoice'],
];

/** What the rules do with a text; undefined for what passes clean. */
export function ruleOn(text: string): Acting | undefined {
  return words.find(([word]) => text.includes(word))?.[1];
}

export function contentOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The first decision about a verdict that the record has. */
export function decisionOn(verdict: Position, entries: readonly (Entry | ErasedEntry)[]): Entry | undefined {
  return entries.find((entry): entry is Entry => !('erased' in entry) && decides(entry, verdict));
}

function decides(entry: Entry, verdict: Position): boolean {
  switch (entry.kind) {
    case 'policy.approved':
    case 'policy.rejected':
    case 'policy.expired':
      return entry.body.verdict === verdict;
    case 'policy.overridden':
      return entry.body.of === verdict;
    default:
      return false;
  }
}

export class WordGatekeeper implements Gatekeeper {
  /** Takes the place of what the rules would say. */
  readonly answers: Passage[] = [];
  /** What it was asked about, in order. */
  readonly asked: string[] = [];
  /** Called while it judges. */
  during: () => Promise<void> = () => Promise.resolve();
  readonly #entries: () => Promise<readonly (Entry | ErasedEntry)[]>;
  readonly #clock: Clock;

  constructor(entries: () => Promise<readonly (Entry | ErasedEntry)[]>, clock: Clock) {
    this.#entries = entries;
    this.#clock = clock;
  }

  async mayPass(of: Position, version: Position | undefined, text: string): Promise<Passage> {
    this.asked.push(text);
    await this.during();
    const answer = this.answers.shift();
    if (answer !== undefined) return answer;
    const acting = ruleOn(text);
    if (acting === undefined) return { may: 'pass', judged: { rules: RULES }, entries: [] };
    const entries = await this.#entries();
    const verdicts = entries.filter((entry): entry is Verdict => isVerdictOf(entry, of));
    const content = contentOf(text);
    const letGo = verdicts.find((one) => one.body.content === content && isLetGo(one.position, entries));
    if (letGo !== undefined) {
      return { may: 'pass', judged: { rules: RULES, verdict: letGo.position }, entries: [] };
    }
    const verdict = this.#verdict({ of, version, text }, acting, verdicts.length);
    if (acting === 'block') return { may: 'never', words: 'no weapons', entries: [verdict] };
    if (acting === 'flag') return { may: 'pass', judged: { rules: RULES }, entries: [verdict] };
    return { may: 'not-now', entries: [verdict] };
  }

  async mayChange({ edit, text }: EditJudged): ReturnType<Gatekeeper['mayChange']> {
    // What only stands in the room is nobody's to stop here.
    if (text === undefined) return { may: 'pass', judged: { rules: RULES }, entries: [] };
    this.asked.push(text);
    await this.during();
    const acting = ruleOn(text);
    const known = (await this.#entries()).some((entry) => isVerdictOf(entry, edit));
    const verdict = this.#verdict({ of: edit, version: undefined, text }, acting === 'flag' ? 'flag' : 'block', 0);
    const entries = acting === undefined || known ? [] : [verdict];
    if (acting === undefined || acting === 'flag') return { may: 'pass', judged: { rules: RULES }, entries };
    return { may: 'never', words: `no ${acting}`, entries };
  }

  /** Of what customers write nothing is hidden. */
  mayShow(): Promise<Showing> {
    return Promise.resolve({ may: 'show', entries: [] });
  }

  /** Each one is an entry of its own: a content may be judged again after it expired. */
  #verdict(
    judged: { readonly of: Position; readonly version: Position | undefined; readonly text: string },
    acting: Acting,
    before: number,
  ): Draft {
    const { of, version, text } = judged;
    const at = this.#clock.now();
    return {
      kind: 'policy.verdict',
      at,
      source: { system: 'gatehouse', id: `verdict/${String(of)}/${String(before)}`, sure: true },
      body: {
        of,
        ...(version === undefined ? {} : { version }),
        ...{ rules: RULES, content: contentOf(text), hits: [hitOf(text, acting)], unread: [], consequence: acting },
        ...(acting === 'quarantine' || acting === 'warn' ? { until: after(at, EXPIRES_MS) } : {}),
      },
    };
  }
}

function isVerdictOf(entry: Entry | ErasedEntry, of: Position): boolean {
  return !('erased' in entry) && entry.kind === 'policy.verdict' && entry.body.of === of;
}

function isLetGo(verdict: Position, entries: readonly (Entry | ErasedEntry)[]): boolean {
  const kind = decisionOn(verdict, entries)?.kind;
  return kind === 'policy.approved' || kind === 'policy.overridden';
}

function hitOf(text: string, acting: Acting): KeptHit {
  const [word, , says] = words.find(([one]) => text.includes(one)) ?? ['', acting, ''];
  const start = text.indexOf(word);
  const finding = { by: 'pattern:0', what: 'body', start, end: start + word.length, confidence: 0.9 };
  const masked = word === 'card' ? 'ends 1111' : '';
  return {
    ...{
      rule: word,
      version: RULES,
      says,
      severity: 'high',
      consequence: acting,
      dryRun: false,
      notify: false,
      count: 1,
    },
    findings: [{ ...finding, masked, tricks: [], over: [] }],
  };
}
