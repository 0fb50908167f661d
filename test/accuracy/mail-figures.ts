/** How often the starter set speaks up over real mails that are nobody's business. */
import { consequences } from '../../src/core/policy-words.ts';
import type { Judge, RuleHit } from '../../src/policy/verdict.ts';
import type { Mail } from './mails.ts';
import { judged } from './ours.ts';

export interface MailFigures {
  readonly mails: number;
  /** With a rule that flags or does more, and is no dry run, in any of the directions. */
  readonly flagged: number;
  /** With a rule that only observes, or is a dry run. */
  readonly observed: number;
  readonly byRule: ReadonlyMap<string, { readonly acts: boolean; readonly mails: number }>;
  /** `easy-ham-2/00719: card-number`. */
  readonly flaggedMails: readonly string[];
  /** With the words around, for whoever tunes. */
  readonly examples: readonly string[];
  readonly seconds: number;
}

const flag = consequences.indexOf('flag');

function acts({ dryRun, consequence }: RuleHit): boolean {
  return !dryRun && consequences.indexOf(consequence) >= flag;
}

/** Each mail as one that goes out and as one inside the company: what either would flag counts. */
export function mailFigures(judge: Judge, mails: readonly Mail[]): MailFigures {
  const byRule = new Map<string, { acts: boolean; mails: number }>();
  const examples: string[] = [];
  const flaggedMails: string[] = [];
  let observed = 0;
  const begun = performance.now();
  for (const mail of mails) {
    const hits = (['outbound', 'internal'] as const).flatMap((direction) => judged(judge, mail.body, direction).hits);
    const acting = new Set(hits.filter(acts).map(({ rule }) => rule));
    if (acting.size > 0) flaggedMails.push(`${mail.group}/${mail.id}: ${[...acting].join(', ')}`);
    else if (hits.length > 0) observed += 1;
    for (const rule of new Set(hits.map((hit) => hit.rule))) {
      const of = hits.filter((hit) => hit.rule === rule);
      const into = byRule.get(rule) ?? { acts: of.some(acts), mails: 0 };
      into.mails += 1;
      byRule.set(rule, into);
      examples.push(`${mail.group}/${mail.id} ${rule}: ${around(mail.body, of)}`);
    }
  }
  const seconds = (performance.now() - begun) / 1000;
  return { mails: mails.length, flagged: flaggedMails.length, observed, byRule, flaggedMails, examples, seconds };
}

function around(text: string, [hit]: readonly RuleHit[]): string {
  const span = hit?.findings[0]?.span;
  if (span === undefined) return '';
  return text.slice(Math.max(0, span.start - 40), span.end + 40).replace(/\s+/gu, ' ');
}
