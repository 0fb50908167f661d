/** The holds' part in the writer: what may not go, in every transaction that erases. */
import type { WriterPart } from '../../journal/projection.ts';
import { linksProjection } from '../families/link-store.ts';
import { freezingBy, type FreezingDeps } from './freezing.ts';
import { holdsProjection } from './hold-store.ts';

export function holdsWriterPart(deps: FreezingDeps): WriterPart {
  return {
    erasing: freezingBy(deps).erasing,
    projections: [linksProjection(deps.receiptOf), holdsProjection],
    planners: [],
  };
}
