/** Where a rule can't do what it says, in words for whoever writes or reads it: what is done there in its place. */
import type { Direction } from '../../core/entry.ts';
import type { Consequence } from '../../core/policy-words.ts';
import type { Rule } from '../rule.ts';
import { feasible, type Done } from './feasible.ts';
import { directionsOf } from './rules-for.ts';

const places: readonly (readonly [Direction, string])[] = [
  ['outbound', 'to a customer'],
  ['inbound', 'from a customer'],
  ['internal', 'inside, unless Synapse asks before'],
  ['external', 'among strangers'],
];

/** `from a customer: flagged, and the desk is told`; nothing where all is done as it says. */
export function fallsShort(rule: Pick<Rule, 'scope' | 'consequence'>): readonly string[] {
  const directions = directionsOf(rule);
  return places.flatMap(([direction, where]) => {
    const done = feasible(rule.consequence, direction);
    if (!directions.includes(direction) || (done.does === rule.consequence && done.tells !== true)) return [];
    return [`${where}: ${doneWords(done, direction)}`];
  });
}

const words: Readonly<Record<Consequence, string>> = {
  observe: 'on record',
  flag: 'flagged',
  warn: 'its sender is told',
  redact: 'taken out of the room',
  quarantine: 'held',
  block: 'not sent',
};

function doneWords({ does, tells }: Done, direction: Direction): string {
  const told = tells === true ? ', and the desk is told' : '';
  if (does !== 'redact' || direction === 'internal' || direction === 'external') return `${words[does]}${told}`;
  return `${direction === 'inbound' ? 'shown masked' : 'not sent, and taken out of the room'}${told}`;
}
