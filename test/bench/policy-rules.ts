/** 50 rules and 2,000 words as a company has them: detectors, lexicons, patterns, what is near, what is left out. */
import { must, parseDetectorId, parseLexiconId, parseMillis, parseRuleId } from '../../src/core/ids.ts';
import type { JudgedMessage, MessageContext } from '../../src/policy/message.ts';
import type { Condition, Rule, RuleSet } from '../../src/policy/rule.ts';

const LEXICONS = 10;
const TERMS = 200;
const detectors = ['card', 'iban', 'aba', 'ssn-us', 'id-de', 'id-fr', 'id-es', 'id-gb', 'id-it', 'id-nl'];
const more = ['phone', 'email', 'passport', 'medical', 'crypto', 'ip', 'secret', 'birth-date', 'id-at', 'id-ch'];
const verbs = ['promise', 'guarantee', 'wire', 'delete', 'hide', 'forward', 'text', 'call', 'meet', 'double'];
const things = ['return', 'profit', 'account', 'message', 'price', 'report', 'number', 'mobile', 'client', 'money'];

const lexicons = Array.from({ length: LEXICONS }, (_, list) => ({
  id: must(parseLexiconId(`words-${list}`)),
  language: 'en',
  terms: Array.from({ length: TERMS }, (_unused, n) => ({ term: termOf(list, n), why: 'a made word' })),
}));

function termOf(list: number, n: number): string {
  const verb = verbs[(n + list) % verbs.length] ?? '';
  const thing = things[Math.floor(n / 10) % things.length] ?? '';
  const forms = [
    `${verb} ${thing} x${n}`,
    `${verb} my ${thing} q${list}`,
    `${thing}${list}${n}*`,
    `${verb} _ ${thing}${n}`,
  ];
  return forms[n % forms.length] ?? verb;
}

const lexicon = (n: number): Condition => ({ is: 'lexicon', lexicon: must(parseLexiconId(`words-${n}`)) });
const detector = (id: string): Condition => ({ is: 'detector', detector: must(parseDetectorId(id)), least: 0.85 });
const pattern = (text: string): Condition => ({ is: 'pattern', pattern: text });

const conditions: readonly Condition[] = [
  ...[...detectors, ...more].map(detector),
  ...Array.from({ length: LEXICONS }, (_, n) => lexicon(n)),
  ...verbs.slice(0, 5).map((verb, n) => pattern(`\\b${verb} .{0,20}${things[n] ?? ''} \\d+\\b`)),
  ...verbs.slice(5).map((verb, n) => pattern(`${verb}(?:s|ed|ing)? (?:the|my|our) ${things[n + 5] ?? ''} [a-z]+ing`)),
  ...things.slice(0, 5).map((thing) => pattern(`(?:off|under) the ${thing}|${thing} (?:only|just) between us`)),
  ...things.slice(5).map((thing, n) => near(lexicon(n), pattern(`secret ${thing}s?`))),
];

function near(first: Condition, second: Condition): Condition {
  return { is: 'near', first, second, most: 8, unit: 'words', ordered: false };
}

/** The rules; `except`, `hotWords` and `together` are used by every rule that could have them. */
export const ruleSet: RuleSet = { digest: 'bench', lexicons, rules: conditions.map(ruleOf) };

function ruleOf(when: Condition, n: number): Rule {
  return {
    id: must(parseRuleId(`rule-${n}`)),
    says: 'a made rule',
    severity: 'medium',
    when,
    threshold: { count: 1, unique: 1 },
    hotWords: n % 2 === 0 ? [{ words: ['test', 'example'], before: 40, after: 40, by: -0.2 }] : [],
    except: { quotes: true, urls: true, disclaimers: [], senders: [], terms: ['4111 1111 1111 1111'] },
    scope: {},
    consequence: 'flag',
    notify: false,
    dryRun: false,
    enabled: true,
    failMode: 'open',
    together: n % 10 === 0 ? 3 : 0,
  };
}

export const context: MessageContext = {
  direction: 'outbound',
  at: must(parseMillis(1_760_000_000_000)),
  sender: '@alice:acme.example',
  senderGroups: ['sales'],
  tags: [],
  country: 'US',
  before: [],
};

export function messageOf(text: string): JudgedMessage {
  return { pieces: [{ what: 'body', text, quoted: [] }], unread: [], content: 'bench' };
}

/** One text for each rule that makes it hit. */
export const hits: readonly string[] = [
  'card 4012 8888 8888 1881, iban DE89 3704 0044 0532 0130 00, mail ann@acme.example, call +1 202 555 0199',
  ...Array.from({ length: LEXICONS }, (_, n) => termOf(n, 0)),
  ...verbs.slice(0, 5).map((verb, n) => `${verb} a ${things[n] ?? ''} 12`),
  ...verbs.slice(5).map((verb, n) => `${verb}ed the ${things[n + 5] ?? ''} nothing`),
  ...things.slice(0, 5).map((thing) => `under the ${thing}`),
  ...things.slice(5).map((thing, n) => `${termOf(n, 0)} secret ${thing}`),
];

/** As in a lexicon but never to its end. */
export const beginnings = lexicons
  .flatMap(({ terms }) => terms.slice(0, 20).map(({ term }) => term.replace(/[*_]/gu, '').slice(0, -1)))
  .join(' ');
