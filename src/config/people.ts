/** Resolves the people that the config names one by one or in listed groups. */
import type { UserId } from '../core/ids.ts';
import type { ParsedConfig } from './schema.ts';
import type { Person } from './values/ids.ts';

/** Users named and members of listed groups, each once, in the config's order. Members of rooms are not known here. */
export function usersOf(persons: readonly Person[], groups: ParsedConfig['groups']): readonly UserId[] {
  const users = persons.flatMap((person) => {
    if (person.kind === 'user') return [person.user];
    const group = groups[person.group];
    return Array.isArray(group) ? group : [];
  });
  return [...new Set(users)];
}
