/** Desks: an own room on our server, officers, and for an act of four eyes two who may act. */
import { nearest } from '../../core/nearest.ts';
import type { ConfigProblem } from '../problem.ts';
import { usersOf } from '../people.ts';
import type { ParsedConfig } from '../schema.ts';

type ParsedDesk = ParsedConfig['desks'][number];

export function checkDesks(config: ParsedConfig): readonly ConfigProblem[] {
  return config.desks.flatMap((desk, i) => [
    ...checkTwins(config, desk, i),
    ...checkRoom(config, desk, i),
    ...checkOfficers(config, desk, i),
    ...checkScope(config, desk, i),
  ]);
}

function checkTwins(config: ParsedConfig, desk: ParsedDesk, i: number): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const sameId = config.desks.findIndex((other) => other.id === desk.id);
  const sameRoom = config.desks.findIndex((other) => other.room === desk.room);
  if (sameId < i) {
    const message = `${desk.id} is the id of desks[${String(sameId)}] too`;
    problems.push({ path: `desks[${String(i)}].id`, message, fix: 'give it another id' });
  }
  if (sameRoom < i) {
    const message = `desks[${String(sameRoom)}] has this room too`;
    problems.push({ path: `desks[${String(i)}].room`, message, fix: 'give each desk a room of its own' });
  }
  return problems;
}

function checkRoom(config: ParsedConfig, desk: ParsedDesk, i: number): readonly ConfigProblem[] {
  const { domain } = config.homeserver;
  if (desk.room.endsWith(`:${domain}`)) return [];
  const fix = `write ${desk.room.slice(0, desk.room.indexOf(':'))}:${domain}`;
  return [{ path: `desks[${String(i)}].room`, message: `${desk.room} is not a room of ${domain}`, fix }];
}

function checkOfficers(config: ParsedConfig, desk: ParsedDesk, i: number): readonly ConfigProblem[] {
  const eligible = usersOf(desk.officers, config.groups).length;
  // A group whose members aren't listed is told of where people are checked.
  if (desk.officers.some((officer) => officer.kind === 'group' && !Array.isArray(config.groups[officer.group])))
    return [];
  if (eligible === 0) {
    const message = 'this desk has no officer';
    return [{ path: `desks[${String(i)}].officers`, message, fix: 'name at least one person' }];
  }
  if (desk.fourEyes.length === 0 || eligible >= 2) return [];
  return [
    {
      path: `desks[${String(i)}].fourEyes`,
      message: `${desk.fourEyes.join(', ')} wait${desk.fourEyes.length === 1 ? 's' : ''} for a second officer, but there is only one`,
      fix: 'name a second officer, or empty this list',
    },
  ];
}

function checkScope(config: ParsedConfig, desk: ParsedDesk, i: number): readonly ConfigProblem[] {
  const known: readonly string[] = config.lines.map((line) => line.id);
  const lines = desk.scope === 'all' ? [] : (desk.scope.lines ?? []);
  return lines.flatMap((line, j): ConfigProblem[] => {
    if (known.includes(line)) return [];
    const meant = nearest(line, known);
    const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
    const path = `desks[${String(i)}].scope.lines[${String(j)}]`;
    return [{ path, message: `there is no line ${line}${hint}`, fix: `write one of: ${known.join(', ')}` }];
  });
}
