/** Persons' requests in the writer: how far each is, what is done next, and who is told. */
import type { Entry } from '../../core/entry.ts';
import { lane, type Position } from '../../core/ids.ts';
import type { TaskDraft, WriterPart } from '../../journal/projection.ts';
import type { Reading } from '../../storage/database.ts';
import { RUNS } from '../run/projections.ts';
import { askAt, askEndedBy, DSAR_REQUESTS, requestAt, requestsProjection } from './request-store.ts';
import { erasingByRequest, type RequestStayingDeps } from './staying.ts';

/** From `dsar.opened`: all that is on record of the person is looked through. */
export const DSAR_LOOK = 'dsar.look';
/** From `dsar.opened`: the desks are reminded of the day on which the answer is due, until it is answered. */
export const DSAR_REMIND = 'dsar.remind';
/** From `dsar.looked`: in reply to who asked. */
export const DSAR_LOOKED_TOLD = 'dsar.looked-told';
/** From `dsar.run-requested`: a second officer is asked; nothing where one is enough (`isAsked` says no). */
export const DSAR_CARD = 'dsar.card';
/** From `dsar.decided`, and from a newer `dsar.run-requested`: the card of the word that it ended (`askEndedBy`). */
export const DSAR_CARD_DONE = 'dsar.card-done';
/** From `dsar.decided` about an access: the files are made, `dsar.copied` is recorded, and the desk gets them. */
export const DSAR_COPY = 'dsar.copy';
/** From `dsar.decided` about an erasure: it is a run like any other. */
export const DSAR_ERASE = 'dsar.erase';
/** From `dsar.erased`: what went and what stays, with the run's certificate, in reply to who asked. */
export const DSAR_ERASED_TOLD = 'dsar.erased-told';

const look = lane('room', 'dsar-look');
const told: TaskDraft['lane'] = lane('desk', 'dsar-told');
/** A card is shown before it is changed. */
const card = (request: Position): TaskDraft['lane'] => lane('desk', `dsar-card-${String(request)}`);

async function plan(entry: Entry, reading: Reading): Promise<readonly TaskDraft[]> {
  // The same act recorded with other words, after a crash, asks for nothing more.
  if (entry.source.conflictWith !== undefined) return [];
  switch (entry.kind) {
    case 'dsar.opened':
      return [
        { kind: DSAR_LOOK, lane: look },
        { kind: DSAR_REMIND, lane: lane('desk', `dsar-remind-${String(entry.position)}`) },
      ];
    case 'dsar.looked':
      return [{ kind: DSAR_LOOKED_TOLD, lane: told }];
    case 'dsar.run-requested':
      return onAsked(entry.position, entry.body.request, reading);
    case 'dsar.decided':
      return onDecided(entry.position, entry.body.request, reading);
    case 'dsar.erased':
      return [{ kind: DSAR_ERASED_TOLD, lane: told }];
    default:
      return [];
  }
}

async function onAsked(at: Position, request: Position, reading: Reading): Promise<readonly TaskDraft[]> {
  if ((await askAt(reading, at)) === undefined) return [];
  const ended = await askEndedBy(reading, at);
  const before = ended === undefined ? [] : [{ kind: DSAR_CARD_DONE, lane: card(request) }];
  return [...before, { kind: DSAR_CARD, lane: card(request) }];
}

/** What came too late does nothing. */
async function onDecided(at: Position, of: Position, reading: Reading): Promise<readonly TaskDraft[]> {
  if ((await askEndedBy(reading, at)) === undefined) return [];
  const done = { kind: DSAR_CARD_DONE, lane: card(of) };
  const request = await requestAt(reading, of);
  if (request?.decided !== at) return [done];
  const acts = request.wants === 'erase' ? { kind: DSAR_ERASE, lane: RUNS } : { kind: DSAR_COPY, lane: look };
  return [done, acts];
}

/** Before the runs' part: what a law keeps of a person keeps what speaks of it. */
export function personWriterPart(deps: RequestStayingDeps): WriterPart {
  return {
    erasing: erasingByRequest(deps),
    projections: [requestsProjection],
    planners: [{ name: DSAR_REQUESTS, reads: [DSAR_REQUESTS], plan }],
  };
}
