/** What whoever was refused reads: in the client at once, and from @gatehouse afterwards. Never the text itself. */
import type { KeptHit, PolicyBodies } from '../../core/policy-entries.ts';
import { consequences } from '../../core/policy-words.ts';

export type Refused = PolicyBodies['policy.refused'];

/** What was tried, as its end: "Not sent". */
const failures: Readonly<Record<string, string>> = {
  user_may_invite: 'Not invited',
  user_may_join_room: 'Not joined',
  'm.room.topic': 'Topic not changed',
  'm.room.name': 'Name not changed',
  'm.room.encryption': 'Not encrypted',
};

/** One line: what did not happen, and why. */
export function refusalWords(refused: Pick<Refused, 'callback' | 'event' | 'hits' | 'barrier' | 'failed'>): string {
  return `${whatFailed(refused)}: ${why(refused)}`;
}

/** The rule that decided: the strictest that is no dry run. */
export function decidingHit(hits: readonly KeptHit[]): KeptHit | undefined {
  const strictness = ({ consequence }: KeptHit): number => consequences.indexOf(consequence);
  return hits.filter(({ dryRun }) => !dryRun).toSorted((a, b) => strictness(b) - strictness(a))[0];
}

function whatFailed({ callback, event }: Pick<Refused, 'callback' | 'event'>): string {
  const type = event?.['type'];
  return failures[callback] ?? (typeof type === 'string' ? failures[type] : undefined) ?? 'Not sent';
}

function why({ hits, barrier, failed, event }: Pick<Refused, 'hits' | 'barrier' | 'failed' | 'event'>): string {
  // Its groups aren't named: that they exist may be a secret.
  if (barrier !== undefined) return 'the company keeps people of this room apart. Ask compliance.';
  const hit = decidingHit(hits);
  if (hit !== undefined) return `${hit.says}${masked(hit)}.`;
  if (event?.['type'] === 'm.room.encryption') return 'rooms here are recorded, and must stay readable.';
  if (failed === undefined) return 'a company rule stopped it.';
  return "it couldn't be checked against the company's rules. Try again in a minute.";
}

function masked({ findings }: KeptHit): string {
  const first = findings.find((finding) => finding.masked !== '');
  return first === undefined ? '' : ` (${first.masked})`;
}
