/** What can be done about a message where it is: a rule's wish falls to the nearest milder thing that can. */
import type { Consequence } from '../../core/policy-words.ts';

/**
 * `outbound` is asked before a network hears of it, `change` before it hears
 * of an edit of what it has, `asked` before an internal message exists (pre-send). The others are
 * looked at when they are there already: a customer's words, what
 * their files say, what was said inside, what was said among strangers.
 */
export type Place = 'outbound' | 'change' | 'inbound' | 'inbound-file' | 'asked' | 'internal' | 'external';

export interface Done {
  readonly does: Consequence;
  /** Somebody is told in place of what could not be done. */
  readonly tells?: true;
}

const flagged: Done = { does: 'flag' };
const warned: Done = { does: 'warn' };
const stopped: Done = { does: 'block' };
const held: Done = { does: 'quarantine' };
const hidden: Done = { does: 'redact' };

/**
 * Masked text is never sent in place of what somebody wrote: what is to be redacted is not sent, its copy in the room is
 * taken away, and somebody is told, for nobody will be asked about it.
 */
const outbound: Readonly<Record<Consequence, Done>> = {
  observe: { does: 'observe' },
  flag: flagged,
  warn: warned,
  redact: { ...hidden, tells: true },
  quarantine: held,
  block: stopped,
};
/** Nobody is asked about new words for what is out: they are written as a message, or not at all. */
const change: Readonly<Record<Consequence, Done>> = {
  ...outbound,
  warn: stopped,
  quarantine: { ...stopped, tells: true },
};
/** Nothing waits before it exists: what would be held is refused. */
const asked: Readonly<Record<Consequence, Done>> = { ...outbound, redact: stopped, quarantine: stopped };
/** It is known to everybody in the room by now: it can be taken away, and its sender told. */
const afterwards: Readonly<Record<Consequence, Done>> = {
  observe: { does: 'observe' },
  flag: flagged,
  warn: warned,
  redact: hidden,
  quarantine: { ...hidden, tells: true },
  block: { ...hidden, tells: true },
};
/** A customer is not warned, and waits for nobody's decision: staff must be able to answer. Hidden is what was found. */
const inbound: Readonly<Record<Consequence, Done>> = {
  ...afterwards,
  warn: flagged,
  quarantine: { ...flagged, tells: true },
};

/** A file is shown as it came, while it is read: nothing of it can be hidden, so somebody looks. */
const inboundFile: Readonly<Record<Consequence, Done>> = {
  ...inbound,
  redact: { ...flagged, tells: true },
  block: { ...flagged, tells: true },
};

const table: Readonly<Record<Place, Readonly<Record<Consequence, Done>>>> = {
  outbound,
  change,
  inbound,
  'inbound-file': inboundFile,
  asked,
  internal: afterwards,
  external: afterwards,
};

/** In these nobody outside has it yet. */
const BEFORE: ReadonlySet<Place> = new Set(['outbound', 'change', 'asked'] as const);

/**
 * What is done where nobody could look. What is there already is only flagged: taken away for a fault of ours, it could
 * not be put back.
 */
export function feasibleUnjudged(wanted: Consequence, place: Place): Done {
  return BEFORE.has(place) ? feasible(wanted, place) : flagged;
}

/** What is done in place of what a rule wants. */
export function feasible(wanted: Consequence, place: Place): Done {
  return table[place][wanted];
}
