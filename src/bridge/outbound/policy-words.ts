/** What the sender of a message is told of the company's rules, in the room where it was written. */
import type { EntryOf } from '../../core/entry.ts';
import type { KeptHit } from '../../core/policy-entries.ts';
import { failureWords, type Filling } from './failure-words.ts';
import { personCalled } from '../rooms/person-name.ts';

export type Verdict = Pick<EntryOf<'policy.verdict'>['body'], 'hits' | 'consequence' | 'unread' | 'failed'>;
/** A rule's words are written by officers, a note by whoever decided: short, and one line. */
const WORDS_MAX = 300;

/** A verdict that quarantines or warns, in the words of the rule that did. */
export function stoppedWords(verdict: Verdict, filling: Filling): string | undefined {
  const detail = whatItSays(verdict);
  if (verdict.consequence === 'warn') return failureWords('policy-warned', { ...filling, detail });
  if (verdict.consequence !== 'quarantine') return undefined;
  return `Quarantined: ${detail}. Compliance has been asked; your next messages go out meanwhile. Delete it to withdraw it.`;
}

function whatItSays(verdict: Verdict): string {
  const hit = actingHit(verdict);
  if (hit !== undefined) return withMasked(oneLine(hit.says), hit);
  if (verdict.failed !== undefined) return "it couldn't be checked against the company's rules";
  return "something in it can't be read by the company's rules";
}

/** The first that did what was done; a dry run does nothing. */
function actingHit({ hits, consequence }: Verdict): KeptHit | undefined {
  const acting = hits.filter((hit) => !hit.dryRun);
  return acting.find((hit) => hit.consequence === consequence) ?? acting[0];
}

function withMasked(says: string, hit: KeptHit): string {
  const masked = hit.findings.find((finding) => finding.masked !== '')?.masked;
  return masked === undefined ? says : `${says} (${masked})`;
}

/** `Not sent (Olivia): please use the payment link.` Who gave no reason decided for that of the verdict. */
export function rejectedWords(
  { by, note }: { readonly by: string; readonly note?: string },
  verdict: Verdict | undefined,
): string {
  const said = note === undefined ? '' : oneLine(note);
  const why = said === '' && verdict !== undefined ? whatItSays(verdict) : said;
  return why === '' ? `Not sent (${personCalled(by)}).` : `Not sent (${personCalled(by)}): ${why}.`;
}

/** Without the full stop at its end: the sentence around it has one. */
function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  const cut = line.length > WORDS_MAX ? `${line.slice(0, WORDS_MAX)}…` : line;
  return cut.replace(/\.$/u, '');
}
