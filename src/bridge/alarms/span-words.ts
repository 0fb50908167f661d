/** A span of time as people say it: `40 seconds`, `3 minutes`, `4 hours`, `2 days`. */
const UNITS = [
  { ms: 86_400_000, name: 'day' },
  { ms: 3_600_000, name: 'hour' },
  { ms: 60_000, name: 'minute' },
  { ms: 1_000, name: 'second' },
] as const;

/** In the largest unit of which there are two or more, rounded; a single one of it where it is exact. */
export function spanWords(ms: number): string {
  const unit = UNITS.find((one) => ms >= 2 * one.ms || ms === one.ms) ?? UNITS[3];
  const count = Math.max(1, Math.round(ms / unit.ms));
  return `${String(count)} ${unit.name}${count === 1 ? '' : 's'}`;
}
