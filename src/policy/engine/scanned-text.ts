/** One text of a message while it is judged. What a rule asks of it is found out once, when the first rule asks. */
import type { LexiconId } from '../../core/ids.ts';
import type { Candidate, Detector } from '../detector.ts';
import { wordStarts } from '../matching/word-bounds.ts';
import type { WordHits } from '../matching/word-finder.ts';
import type { Piece } from '../message.ts';
import type { Normalised, Readings, Span, Trick } from '../normalised.ts';
import type { Assembled } from '../normalise/assemble.ts';
import { toOriginal } from '../normalise/offsets.ts';
import { readingsOf } from '../normalise/readings.ts';
import { urlsIn } from '../normalise/urls.ts';
import type { Finders } from './compiled-rule.ts';
import { byContext, hasContext, ofWords, sum } from './confidence.ts';
import { Contests } from './contest.ts';
import { MOST_CANDIDATES } from './limits.ts';
import { noMatches, type Match, type Matches } from './match.ts';
import { besides, inPlain, withLeet } from './leet-matches.ts';

export interface TextSource {
  readonly text: string;
  /** Of the message; of a text drawn together from several messages, that of the newest. */
  readonly piece: number;
  readonly what: Piece['what'];
  readonly quoted: readonly Span[];
  /** Only of a text drawn together from several messages. */
  readonly stretch?: Assembled;
}

const noHits: WordHits = { hits: [], cut: false };

/** Where something stands in one reading, in the order of their starts. */
interface Seen<S extends Span> {
  readonly spans: readonly S[];
  readonly cut: boolean;
}

const nowhere = { spans: [], cut: false };

/** What the finders say of one reading. */
class Scan {
  readonly read: Normalised;
  readonly #finders: Finders;
  #words: readonly WordHits[] | undefined;
  #patterns: ReadonlySet<number> | undefined;

  constructor(read: Normalised, finders: Finders) {
    this.read = read;
    this.#finders = finders;
  }

  words(): readonly WordHits[] {
    return (this.#words ??= this.#finders.lexicons.find(this.read.folded));
  }

  patterns(): ReadonlySet<number> {
    return (this.#patterns ??= this.#finders.patterns.among(this.read.folded));
  }
}

export class ScannedText {
  readonly source: TextSource;
  readonly readings: Readings;
  readonly #finders: Finders;
  readonly #country: string | undefined;
  readonly #plain: Scan;
  readonly #leet: Scan | undefined;
  #lexicons: Map<number, Matches> | undefined;
  #patterns: Map<number, Matches> | undefined;
  #detected: Map<Detector, Matches> | undefined;
  #longestRun: number | undefined;
  #around: readonly WordHits[] | undefined;
  #wordStarts: Uint32Array | undefined;
  #urls: readonly Span[] | undefined;
  #contests: Contests | undefined;

  constructor(source: TextSource, finders: Finders, country: string | undefined) {
    this.source = source;
    this.#finders = finders;
    this.#country = country;
    this.readings = source.stretch?.readings ?? readingsOf(source.text);
    const { plain, leet } = this.readings;
    this.#plain = new Scan(plain, finders);
    this.#leet = leet === undefined ? undefined : new Scan(leet, finders);
  }

  /** Where words begin in the folded text. */
  get wordStarts(): Uint32Array {
    return (this.#wordStarts ??= wordStarts(this.readings.plain.folded));
  }

  get urls(): readonly Span[] {
    return (this.#urls ??= urlsIn(this.source.text));
  }

  /** The digits of its longest number; 0 where there is none. */
  get longestRun(): number {
    return (this.#longestRun ??= longestOf(this.readings.digits));
  }

  /** The lists of words of which one is in it. */
  *listsFound(): Generator<number> {
    const plain = this.#plain.words();
    const leet = this.#leet?.words();
    for (let list = 0; list < plain.length; list += 1) {
      if ((plain[list]?.hits.length ?? 0) > 0 || (leet?.[list]?.hits.length ?? 0) > 0) yield list;
    }
  }

  /** The patterns that are, or with word bounds may be, in it. */
  *patternsFound(): Generator<number> {
    yield* this.#plain.patterns();
    if (this.#leet !== undefined) yield* this.#leet.patterns();
  }

  /** Hits of a list of words that are looked for around findings. */
  around(list: number): WordHits {
    this.#around ??= this.#finders.around.find(this.readings.plain.folded);
    return this.#around[list] ?? noHits;
  }

  lexicon(list: number, lexicon: LexiconId): Matches {
    if (!this.#hasWords(list)) return noMatches;
    return kept((this.#lexicons ??= new Map<number, Matches>()), list, () =>
      this.#ofScans(
        (scan) => {
          const { hits, cut } = scan.words()[list] ?? noHits;
          return { spans: hits, cut };
        },
        ({ read }, hit) =>
          this.#match(read, hit, { by: { lexicon, term: hit.term }, value: String(hit.term), isValue: false }),
        (plain, leet) => plain.term === leet.term,
      ),
    );
  }

  pattern(pattern: number): Matches {
    if (!this.#hasPattern(pattern)) return noMatches;
    const by = { pattern };
    return kept((this.#patterns ??= new Map<number, Matches>()), pattern, () =>
      this.#ofScans(
        (scan) => {
          if (!scan.patterns().has(pattern)) return nowhere;
          const { folded } = scan.read;
          const { spans, cut } = this.#finders.patterns.locate(pattern, folded);
          return { spans: spans.map(({ start, end }) => ({ start, end, value: folded.slice(start, end) })), cut };
        },
        ({ read }, span) => this.#match(read, span, { by, value: span.value, isValue: true }),
        (plain, leet) => plain.value === leet.value,
      ),
    );
  }

  /** Their confidence has what context words add; `context` is their list among the words around. */
  detector(detector: Detector, context: number): Matches {
    if ((detector.digits ?? 0) > this.longestRun) return noMatches;
    return kept((this.#detected ??= new Map<Detector, Matches>()), detector, () => {
      if (!detector.mayBeIn(this.readings)) return noMatches;
      const all = detector.find(this.readings, this.#country);
      if (all.length === 0) return noMatches;
      const found = all.slice(0, MOST_CANDIDATES).map((candidate) => this.#candidate(detector, candidate, context));
      return { found, cut: all.length > MOST_CANDIDATES };
    });
  }

  /** Whether another kind of number is surer at its place. */
  isOutdone(match: Match): boolean {
    if (match.number === undefined) return false;
    this.#contests ??= new Contests(
      this.#finders.numbers,
      ({ detector, context }) => this.detector(detector, context).found,
    );
    return this.#contests.isOutdone(match, this.readings.plain.folded);
  }

  #hasWords(list: number): boolean {
    return (this.#plain.words()[list]?.hits.length ?? 0) > 0 || (this.#leet?.words()[list]?.hits.length ?? 0) > 0;
  }

  #hasPattern(pattern: number): boolean {
    return this.#plain.patterns().has(pattern) || this.#leet?.patterns().has(pattern) === true;
  }

  #candidate(detector: Detector, candidate: Candidate, context: number): Match {
    const { span, value, confidence, masked, tricks, chance = 1_000 } = candidate;
    const { plain } = this.readings;
    const isNamed = hasContext(this.around(context), span, this.wordStarts);
    return {
      folded: span,
      original: toOriginal(plain, span),
      by: { detector: detector.id },
      value,
      isValue: true,
      confidence: sum(confidence, isNamed ? byContext : 0),
      masked,
      tricks: allOf(plain.tricks, tricks ?? []),
      number: detector.contends === true ? { isNamed, chance } : undefined,
    };
  }

  #match(read: Normalised, span: Span, { by, value, isValue }: Pick<Match, 'by' | 'value' | 'isValue'>): Match {
    const { plain } = this.readings;
    const original = toOriginal(read, span);
    const isPlain = read === plain;
    return {
      folded: isPlain ? { start: span.start, end: span.end } : inPlain(plain, original),
      original,
      by,
      value,
      isValue,
      confidence: ofWords,
      masked: '',
      tricks: isPlain ? plain.tricks : allOf(plain.tricks, read.tricks),
      number: undefined,
    };
  }

  /** `isSame` of two at one place: only what the other reading has besides is made a match. */
  #ofScans<S extends Span>(
    seen: (scan: Scan) => Seen<S>,
    match: (scan: Scan, span: S) => Match,
    isSame: (plain: S, leet: S) => boolean,
  ): Matches {
    const plain = seen(this.#plain);
    const found = plain.spans.map((span) => match(this.#plain, span));
    const leet = this.#leet;
    if (leet === undefined) return { found, cut: plain.cut };
    const { spans, cut } = seen(leet);
    const more = leet.read.at === this.#plain.read.at ? besides(plain.spans, spans, isSame) : spans;
    return {
      found: withLeet(
        found,
        more.map((span) => match(leet, span)),
      ),
      cut: plain.cut || cut,
    };
  }
}

/** Each once. */
function allOf(tricks: readonly Trick[], more: readonly Trick[]): readonly Trick[] {
  return more.length === 0 ? tricks : [...new Set([...tricks, ...more])];
}

function longestOf(runs: Readings['digits']): number {
  let longest = 0;
  for (const { digits } of runs) if (digits.length > longest) longest = digits.length;
  return longest;
}

function kept<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}
