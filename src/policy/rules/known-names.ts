/** Tags and groups that rules speak of: a name that the config doesn't have would be a rule that holds nowhere. */
import { nearest } from '../../core/nearest.ts';
import type { RuleProblem } from '../rule-problem.ts';
import type { PlacedRule } from './read-rule-file.ts';

/** Names that the config gives. */
export interface KnownNames {
  readonly tags: readonly string[];
  readonly groups: readonly string[];
}

export function nameProblems(rules: readonly PlacedRule[], known: KnownNames | undefined): readonly RuleProblem[] {
  if (known === undefined) return [];
  return rules.flatMap((placed) => [
    ...unknownIn(placed, { key: 'tags', what: 'tag', names: known.tags, where: 'policy.tags' }),
    ...unknownIn(placed, { key: 'senderIn', what: 'group', names: known.groups, where: 'groups' }),
  ]);
}

interface Naming {
  readonly key: 'tags' | 'senderIn';
  readonly what: string;
  readonly names: readonly string[];
  /** In the config. */
  readonly where: string;
}

function unknownIn({ rule, path, fileAt }: PlacedRule, { key, what, names, where }: Naming): readonly RuleProblem[] {
  return (rule.scope[key] ?? []).flatMap((name, i) => {
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
