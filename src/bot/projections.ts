/** The bots' part of the writer thread. */
import type { WriterPart } from '../journal/projection.ts';
import { ourRoomsProjection } from './our-room-store.ts';
import { botPlanner } from './planner.ts';

export function botWriterPart(given: { readonly domain: string }): WriterPart {
  return { projections: [ourRoomsProjection], planners: [botPlanner(given.domain)] };
}
