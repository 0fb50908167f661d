/** The bots' part of the writer thread. */
import type { WriterPart } from '../journal/projection.ts';
import { deskCardsProjection } from './compliance/card-store.ts';
import { ourRoomsProjection } from './our-room-store.ts';
import { botPlanner } from './planner.ts';

export function botWriterPart(given: { readonly domain: string }): WriterPart {
  return { projections: [ourRoomsProjection, deskCardsProjection(given.domain)], planners: [botPlanner(given.domain)] };
}
