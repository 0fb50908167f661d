/** The classes' part in the writer: what holds is on record, and each entry gets its first class by it. */
import type { WriterPart } from '../../journal/projection.ts';
import { classesProjection } from './class-store.ts';
import { classPlacing } from './placing.ts';

export function classesWriterPart(): WriterPart {
  return { placing: classPlacing(), projections: [classesProjection], planners: [] };
}
