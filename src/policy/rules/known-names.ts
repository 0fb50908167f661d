/** Names of the config that rules speak of: one that it doesn't have would be a rule that holds nowhere. */
import type { Config } from '../../config/config.ts';
import { nearest } from '../../core/nearest.ts';
import type { RuleProblem } from '../rule-problem.ts';
import type { PlacedRule } from './read-rule-file.ts';

/** Names that the config gives. */
export interface KnownNames {
  readonly tags: readonly string[];
  readonly groups: readonly string[];
  readonly lines: readonly string[];
  /** Those of the lines: nothing goes to another one. */
  readonly networks: readonly string[];
}

export function namesOf({ policy, groups, lines }: Pick<Config, 'policy' | 'groups' | 'lines'>): KnownNames {
  return {
    tags: Object.keys(policy.tags),
    groups: [...groups.keys()],
    lines: lines.map(({ id }) => id),
    networks: [...new Set(lines.map(({ network }) => network))],
  };
}

export function nameProblems(rules: readonly PlacedRule[], known: KnownNames | undefined): readonly RuleProblem[] {
  if (known === undefined) return [];
  return rules.flatMap((placed) => [
    ...unknownIn(placed, { key: 'tags', what: 'tag', names: known.tags, where: 'policy.tags' }),
    ...unknownIn(placed, { key: 'lines', what: 'line', names: known.lines, where: 'lines' }),
    ...unknownIn(placed, { key: 'networks', what: 'line of the network', names: known.networks, where: 'lines' }),
    ...unknownIn(placed, { key: 'senderIn', what: 'group', names: known.groups, where: 'groups' }),
  ]);
}

interface Naming {
  readonly key: 'tags' | 'lines' | 'networks' | 'senderIn';
  readonly what: string;
  readonly names: readonly string[];
  /** In the config. */
  readonly where: string;
}

function unknownIn({ rule, path, fileAt }: PlacedRule, { key, what, names, where }: Naming): readonly RuleProblem[] {
  const used: readonly string[] = rule.scope[key] ?? [];
  return used.flatMap((name, i) => {
    if (names.includes(name)) return [];
    const meant = nearest(name, names);
    const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
    return [
      {
        file: fileAt(['scope', key, i]),
        path: `${path}.scope.${key}[${String(i)}]`,
        message: `the config has no ${what} ${name}${hint}`,
        fix: meant === undefined ? `add it under ${where} in the config` : `write ${meant}, or add it under ${where}`,
      },
    ];
  });
}
