import type { LineId } from '../../core/ids.ts';
import type { Line } from '../../core/line.ts';

/** A line's name as people know it; its id when the config no longer has it. */
export function lineNameOf(id: LineId, lines: readonly Line[]): string {
  return lines.find((line) => line.id === id)?.name ?? id;
}
