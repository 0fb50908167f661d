/** What compliance is told of a safety number that changed: what it may mean, and how it is put right. */
import type { Address } from '../../core/ids.ts';
import type { Person } from './people.ts';

type Who = Pick<Person, 'address' | 'name'>;

/** What the chat is told when somebody's messages can't be read any more. */
export function distrustWords(who: Who): string {
  const name = who.name ?? who.address;
  return (
    `The safety number of ${name} on Signal changed: a new phone, or somebody else. ` +
    `What ${name} writes can't be read until an admin has checked and trusted it; compliance was told how.`
  );
}

/** `what`: which way messages are stopped until somebody has looked. */
export function trustWords(line: Address, who: Who | undefined, what: 'sent' | 'received'): string {
  const name = who?.name ?? who?.address ?? 'Somebody';
  const number = who?.name === undefined ? '' : ` (${who.address})`;
  const stopped = what === 'sent' ? 'Nothing can be sent to' : 'Nothing can be read from';
  return (
    `${name}${number}: the safety number on Signal changed: a new phone, or somebody else. ` +
    `${stopped} ${name} until an admin has checked and trusted it: ` +
    `signal-cli -a ${line} trust -v <safety number> ${who?.address ?? '<number>'}`
  );
}
