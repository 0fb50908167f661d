/** What one `retention.classes` says: the classes and assignments in force from there on. */
import type { ClassId, Position } from '../../core/ids.ts';
import type { Assignment, KeptClass } from '../../core/retention-entries.ts';

export interface ClassState {
  readonly position: Position;
  /** SHA-256, hex, of the three below as JCS. */
  readonly digest: string;
  readonly classes: readonly KeptClass[];
  readonly default: ClassId;
  readonly assignments: readonly Assignment[];
}
