/** The files' part in the writer: what is on record of them, and the task that puts them there. */
import { createHash } from 'node:crypto';
import type { Entry } from '../../core/entry.ts';
import { lane, partsOfMediaUri, type Lane, type MediaUri } from '../../core/ids.ts';
import type { TaskDraft, WriterPart } from '../../journal/projection.ts';
import type { Reading } from '../../storage/database.ts';
import type { Sealer } from '../../storage/sealer.ts';
import { filesOf, pictureOf } from './event-files.ts';
import { FILES, filesProjection, isNewPicture } from './file-store.ts';

/**
 * Few lanes, so that however many files come at once, most turns stay free for messages; other servers' files in lanes
 * of their own, so that a server that is down holds back none of ours. Files have no order to keep.
 */
const OWN_LANES = 2;
const OTHER_LANES = 4;

function laneOf(uri: MediaUri, entry: Entry, domain: string): Lane {
  const { server } = partsOfMediaUri(uri);
  if (server === domain) return lane('file', `own-${String(entry.position % OWN_LANES)}`);
  const digest = createHash('sha256').update(server).digest();
  return lane('file', `other-${String((digest[0] ?? 0) % OTHER_LANES)}`);
}

async function plan(
  entry: Entry,
  reading: Reading,
  part: { readonly sealer: Sealer; readonly domain: string },
): Promise<readonly TaskDraft[]> {
  if (entry.kind !== 'matrix.event') return [];
  const [first] = filesOf(entry.body);
  if (first === undefined) return [];
  const picture = pictureOf(entry.body);
  const { position } = entry;
  if (picture !== undefined && !(await isNewPicture(reading, part.sealer, { of: picture.of, position }))) return [];
  return [{ kind: 'file', lane: laneOf(first.uri, entry, part.domain) }];
}

/** `domain` is the homeserver's. */
export function filesWriterPart(options: { readonly domain: string }): WriterPart {
  return {
    projections: [filesProjection],
    planners: [
      {
        name: FILES,
        reads: [FILES],
        plan: (entry, reading, sealer) => plan(entry, reading, { sealer, domain: options.domain }),
      },
    ],
  };
}
