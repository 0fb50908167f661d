/** Rules, messages and a judge for tests: everything that a test does not speak of is as harmless as can be. */
import {
  must,
  parseDetectorId,
  parseLexiconId,
  parseMillis,
  parsePosition,
  parseRuleId,
  type Position,
} from '../../../../src/core/ids.ts';
import type { Candidate, Detector } from '../../../../src/policy/detector.ts';
import { createJudge } from '../../../../src/policy/engine/judge.ts';
import type { JudgedMessage, MessageContext, Piece } from '../../../../src/policy/message.ts';
import type { Condition, Lexicon, Rule, RuleSet } from '../../../../src/policy/rule.ts';
import type { RuleProblem } from '../../../../src/policy/rule-problem.ts';
import type { Judge, RuleHit, Verdict } from '../../../../src/policy/verdict.ts';

/** Finds words of a letter and a digit, `a1`; sure of upper numbers, not of lower ones. */
export const badge: Detector = {
  id: must(parseDetectorId('badge')),
  says: 'a badge',
  contextWords: ['badge', 'ausweis nummer'],
  mayBeIn: ({ plain }) => /\d/u.test(plain.folded),
  find: ({ plain }) =>
    [...plain.folded.matchAll(/\b[a-z]\d\b/gu)].map(({ index, 0: text }): Candidate => ({
      span: { start: index, end: index + 2 },
      value: text.toUpperCase(),
      confidence: Number(text.charAt(1)) >= 5 ? 0.85 : 0.5,
      checksum: 'none',
      masked: `ends ${text.charAt(1)}`,
    })),
};

export const throwing: Detector = {
  id: must(parseDetectorId('throwing')),
  says: 'a bug',
  contextWords: [],
  mayBeIn: ({ plain }) => plain.folded.includes('throw'),
  find: () => {
    throw new Error('a bug in a detector');
  },
};

export function lexicon(id: string, ...terms: readonly string[]): Lexicon {
  return { id: must(parseLexiconId(id)), language: 'en', terms: terms.map((term) => ({ term, why: 'a test' })) };
}

export const lexicons: readonly Lexicon[] = [
  lexicon('pay', 'pay', 'wire', 'send money'),
  lexicon('self', 'my cell', 'my own phone', 'privat*'),
];

export const is = {
  words: (id: string, ...terms: readonly string[]): Condition => ({
    is: 'lexicon',
    lexicon: must(parseLexiconId(id)),
    ...(terms.length === 0 ? {} : { terms }),
  }),
  detector: (least = 0.5, id = 'badge'): Condition => ({ is: 'detector', detector: must(parseDetectorId(id)), least }),
  pattern: (pattern: string): Condition => ({ is: 'pattern', pattern }),
  any: (...of: readonly Condition[]): Condition => ({ is: 'any', of }),
  all: (...of: readonly Condition[]): Condition => ({ is: 'all', of }),
  near: (
    first: Condition,
    second: Condition,
    most = 3,
    more: { unit?: 'words' | 'characters'; ordered?: boolean } = {},
  ) => ({ is: 'near', first, second, most, unit: more.unit ?? 'words', ordered: more.ordered ?? false }) as const,
};

export const noExceptions: Rule['except'] = { quotes: false, disclaimers: [], urls: false, senders: [], terms: [] };

export function rule(when: Condition, more: Partial<Omit<Rule, 'id'>> & { readonly id?: string } = {}): Rule {
  return {
    says: 'a test',
    severity: 'medium',
    when,
    threshold: { count: 1, unique: 1 },
    hotWords: [],
    except: noExceptions,
    scope: {},
    consequence: 'flag',
    notify: false,
    dryRun: false,
    enabled: true,
    failMode: 'open',
    together: 0,
    ...more,
    id: must(parseRuleId(more.id ?? 'test')),
  };
}

export function setOf(rules: readonly Rule[]): RuleSet {
  return { digest: 'd1', rules, lexicons };
}

export function judgeOf(...rules: readonly Rule[]): Judge {
  const judge = createJudge(setOf(rules), { detectors: [badge, throwing], key: new Uint8Array(32) });
  if (!judge.ok) throw new Error(JSON.stringify(judge.error));
  return judge.value;
}

export function problemsOf(...rules: readonly Rule[]): readonly RuleProblem[] {
  const judge = createJudge(setOf(rules), { detectors: [badge, throwing], key: new Uint8Array(32) });
  return judge.ok ? [] : judge.error;
}

export function piece(text: string, what: Piece['what'] = 'body', quoted: Piece['quoted'] = []): Piece {
  return { what, text, quoted };
}

export function message(...pieces: readonly (string | Piece)[]): JudgedMessage {
  return { pieces: pieces.map((one) => (typeof one === 'string' ? piece(one) : one)), unread: [], content: 'c1' };
}

export function contextOf(more: Partial<MessageContext> = {}): MessageContext {
  return {
    direction: 'outbound',
    at: must(parseMillis(1_760_000_000_000)),
    sender: '@alice:acme.example',
    senderGroups: [],
    tags: [],
    before: [],
    ...more,
  };
}

export function verdict(judged: Rule, ...pieces: readonly (string | Piece)[]): Verdict {
  return judgeOf(judged)(message(...pieces), contextOf());
}

/** The texts of the findings of the one rule's hit, with how many there were; nothing without a hit. */
export function shown(hit: RuleHit | undefined, ...texts: readonly string[]): readonly string[] {
  if (hit === undefined) return [];
  return hit.findings.map(({ piece: at, span }) => (texts[at] ?? '').slice(span.start, span.end));
}

export function findingsIn(judged: Rule, ...texts: readonly string[]): readonly string[] {
  return shown(verdict(judged, ...texts).hits[0], ...texts);
}

/** The sender's messages before, the newest first. */
export function before(...texts: readonly string[]): MessageContext['before'] {
  return texts.map((text, index) => ({ of: position(100 - index), text, at: must(parseMillis(1_759_999_999_000)) }));
}

export function position(n: number): Position {
  return must(parsePosition(n));
}
