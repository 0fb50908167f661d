/** The zone in which people read times where nothing names another. */
import type { Config } from '../config/config.ts';

/** The first desk's; UTC in a house without desks. */
export function firstTimezone({ desks }: Pick<Config, 'desks'>): string {
  return desks[0]?.timezone ?? 'UTC';
}
