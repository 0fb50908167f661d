/** Retention: classes that exist, and none that hides a built-in one. */
import type { ConfigProblem } from '../problem.ts';
import { retentionPresets } from '../retention-presets.ts';
import type { ParsedConfig } from '../schema.ts';
import { knownClass } from './lines.ts';

export function checkRetention(config: ParsedConfig): readonly ConfigProblem[] {
  const hidden = Object.keys(config.retention.classes).filter((name) => retentionPresets.includes(name));
  return [
    ...knownClass(config, config.retention.default, 'retention.default'),
    ...hidden.map((name) => ({
      path: `retention.classes.${name}`,
      message: `${name} is a built-in class and can't be changed`,
      fix: 'give yours another name',
    })),
  ];
}
