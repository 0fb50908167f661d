/** Whom the config names: users of our own server, groups that exist, nobody twice. */
import { isGhost } from '../../core/address.ts';
import type { UserId } from '../../core/ids.ts';
import { nearest } from '../../core/nearest.ts';
import type { ConfigProblem } from '../problem.ts';
import type { ParsedConfig } from '../schema.ts';
import type { Person } from '../values/ids.ts';

const OURS = ['gatehouse', 'compliance', 'archivist', '_gatehouse_bridge', '_gatehouse_archive'];

export function checkPeople(config: ParsedConfig): readonly ConfigProblem[] {
  return [
    ...Object.entries(config.groups).flatMap(([name, group]) =>
      Array.isArray(group) ? checkUsers(config, group, `groups.${name}`) : [],
    ),
    ...config.lines.flatMap((line, i) => [
      ...checkPersons(config, line.staff, `lines[${String(i)}].staff`),
      ...checkNamed(config, line.supervisors, `lines[${String(i)}].supervisors`),
    ]),
    ...config.desks.flatMap((desk, i) => [
      ...checkNamed(config, desk.officers, `desks[${String(i)}].officers`),
      ...checkNamed(config, desk.reviewers, `desks[${String(i)}].reviewers`),
      ...checkNamed(config, desk.auditors, `desks[${String(i)}].auditors`),
      ...checkGroups(config, desk.supervises, `desks[${String(i)}].supervises`),
      ...checkGroups(config, desk.scope === 'all' ? [] : (desk.scope.groups ?? []), `desks[${String(i)}].scope.groups`),
    ]),
    ...config.policy.barriers.flatMap((barrier, i) =>
      checkGroups(config, barrier.between, `policy.barriers[${String(i)}].between`),
    ),
  ];
}

/** Roles must be known when Gatehouse starts: a group here has to be a list. */
function checkNamed(config: ParsedConfig, persons: readonly Person[], path: string): readonly ConfigProblem[] {
  const unlisted = persons.flatMap((person, i): ConfigProblem[] => {
    const group = person.kind === 'group' ? config.groups[person.group] : undefined;
    if (group === undefined || Array.isArray(group)) return [];
    return [
      {
        path: `${path}[${String(i)}]`,
        message: 'is a group whose members are not listed in the config, and a role needs people who are',
        fix: 'name the people here, or make the group a list',
      },
    ];
  });
  return [...checkPersons(config, persons, path), ...unlisted];
}

function checkPersons(config: ParsedConfig, persons: readonly Person[], path: string): readonly ConfigProblem[] {
  return persons.flatMap((person, i) => {
    const at = `${path}[${String(i)}]`;
    if (person.kind === 'group') return unknownGroup(config, person.group, at);
    const earlier = persons.findIndex((other) => other.kind === 'user' && other.user === person.user);
    return [...checkUser(config, person.user, at), ...(earlier < i ? [twice(at)] : [])];
  });
}

function checkUsers(config: ParsedConfig, users: readonly UserId[], path: string): readonly ConfigProblem[] {
  return users.flatMap((user, i) => {
    const at = `${path}[${String(i)}]`;
    return [...checkUser(config, user, at), ...(users.indexOf(user) < i ? [twice(at)] : [])];
  });
}

function twice(path: string): ConfigProblem {
  return { path, message: 'is named twice', fix: 'remove one of the two' };
}

function checkUser(config: ParsedConfig, user: UserId, path: string): readonly ConfigProblem[] {
  const { domain } = config.homeserver;
  const local = user.slice(1, user.indexOf(':'));
  if (!user.endsWith(`:${domain}`) || user.length !== local.length + domain.length + 2) {
    const fix = `write @${local}:${domain}, or correct homeserver.domain`;
    return [{ path, message: `${user} is not a user of ${domain}`, fix }];
  }
  if (!isGhost(user, domain) && !OURS.includes(local)) return [];
  return [{ path, message: `${user} is one of Gatehouse's own users`, fix: 'name a person' }];
}

function checkGroups(config: ParsedConfig, groups: readonly string[], path: string): readonly ConfigProblem[] {
  return groups.flatMap((group, i) => unknownGroup(config, group, `${path}[${String(i)}]`));
}

function unknownGroup(config: ParsedConfig, group: string, path: string): readonly ConfigProblem[] {
  const known = Object.keys(config.groups);
  if (known.includes(group)) return [];
  const meant = nearest(group, known);
  const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
  const user = `write a person as "@${group}:${config.homeserver.domain}"`;
  return [{ path, message: `there is no group ${group}${hint}`, fix: `add it under groups, or ${user}` }];
}
