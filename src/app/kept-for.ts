/** How long the record is kept, in the words of a first day's notice. */
import type { Config } from '../config/config.ts';

const UNITS: Readonly<Record<string, string>> = { y: 'year', d: 'day' };

/** Of the built-in classes the name says it: `us-finra-6y`. */
export function keptFor({ defaultClass }: Pick<Config, 'defaultClass'>): string {
  const [, count, unit] = /-(\d+)([yd])$/u.exec(defaultClass) ?? [];
  const name = UNITS[unit ?? ''];
  if (count === undefined || name === undefined) return `as long as the class ${defaultClass} says`;
  return `${count} ${name}${count === '1' ? '' : 's'}`;
}
