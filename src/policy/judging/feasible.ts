/** What can be done about a message where it is: a rule's wish falls to the nearest milder thing that can. */
import type { Consequence } from '../../core/policy-words.ts';

/**
 * `outbound` is asked before a network hears of it, `asked` before an internal message exists (pre-send). The others are
 * looked at when they are there already: a customer's words, what was said inside, what was said among strangers.
 */
export type Place = 'outbound' | 'inbound' | 'asked' | 'internal' | 'external';

export interface Done {
  readonly does: Consequence;
  /** Somebody is told in place of what could not be done. */
  readonly tells?: true;
}

/** Held, taken back or stopped is what nobody can do any more; whoever wished it is told of it. */
const flagged: Done = { does: 'flag' };
const told: Done = { does: 'flag', tells: true };
const stopped: Done = { does: 'block' };
const held: Done = { does: 'quarantine' };

/** Masked text is never sent in place of what somebody wrote: what would be redacted is held. */
const outbound: Readonly<Record<Consequence, Done>> = {
  observe: { does: 'observe' },
  flag: flagged,
  warn: { does: 'warn' },
  redact: held,
  quarantine: held,
  block: stopped,
};
/** Nothing waits before it exists: what would be held is refused. */
const asked: Readonly<Record<Consequence, Done>> = { ...outbound, redact: stopped, quarantine: stopped };
const afterwards: Readonly<Record<Consequence, Done>> = {
  observe: { does: 'observe' },
  flag: flagged,
  warn: flagged,
  redact: told,
  quarantine: told,
  block: told,
};

const table: Readonly<Record<Place, Readonly<Record<Consequence, Done>>>> = {
  outbound,
  inbound: afterwards,
  asked,
  internal: afterwards,
  external: afterwards,
};

/** What is done in place of what a rule wants. */
export function feasible(wanted: Consequence, place: Place): Done {
  return table[place][wanted];
}
