import type { Entry } from '../core/entry.ts';
import type { Named } from './projection.ts';

/** The contact, portal or room that `entry` names: where it stands, and what it is about. */
export function namedBy(entry: Entry, of: Named): readonly string[] {
  const { body } = entry;
  const about = {
    contact: 'contact' in body ? body.contact : undefined,
    portal: 'portal' in body ? body.portal : undefined,
    room: undefined,
  };
  const both = [entry[of], about[of]].filter((value) => value !== undefined);
  return both[0] === both[1] ? both.slice(1) : both;
}
