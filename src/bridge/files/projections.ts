/** The files' part in the writer: what is on record of them, and the task that puts them there. */
import { createHash } from 'node:crypto';
import type { Entry, EntryOf, FileScan } from '../../core/entry.ts';
import { lane, partsOfMediaUri, type Lane, type MediaUri } from '../../core/ids.ts';
import type { TaskDraft, WriterPart } from '../../journal/projection.ts';
import type { Reading } from '../../storage/database.ts';
import type { Sealer } from '../../storage/sealer.ts';
import { filesOf, pictureOf } from './event-files.ts';
import { AGAIN } from './bring-files.ts';
import { FILES, filesOnRecord, filesProjection, isNewPicture } from './file-store.ts';
import { isLacking, LACKING, lackingProjection } from './lacking-store.ts';
import { LATE } from './late-files.ts';
import { MALWARE } from './malware-told.ts';
import { bringsFiles, type WithAttachments } from './network-files.ts';
import { SCAN } from './scan-again.ts';

/**
 * Few lanes, so that however many files come at once, most turns stay free for messages; other servers' files in lanes
 * of their own, so that a server that is down holds back none of ours. Files have no order to keep.
 */
const OWN_LANES = 2;
const OTHER_LANES = 4;
/** Of one connector. */
const NETWORK_LANES = 3;
const SCAN_LANES = 2;

function laneOf(uri: MediaUri, entry: Entry, domain: string): Lane {
  const { server } = partsOfMediaUri(uri);
  if (server === domain) return lane('file', `own-${String(entry.position % OWN_LANES)}`);
  const digest = createHash('sha256').update(server).digest();
  return lane('file', `other-${String((digest[0] ?? 0) % OTHER_LANES)}`);
}

interface Part {
  readonly sealer: Sealer;
  readonly domain: string;
}

async function plan(entry: Entry, reading: Reading, part: Part): Promise<readonly TaskDraft[]> {
  switch (entry.kind) {
    case 'matrix.event':
      return ofEvent(entry, reading, part);
    case 'network.message':
    case 'network.edit':
      return bringsFiles(entry) ? [{ kind: 'file', lane: networkLane(entry) }] : [];
    case 'file.stored':
      return [...afterScan(entry, entry.body.scan), ...(await late(entry, reading))];
    case 'file.scanned':
      return [...afterScan(entry, entry.body.scan), ...(await late(entry, reading))];
    case 'file.missing': {
      const { of, part: which, why } = entry.body;
      // One for each file, alone: what is tried for days holds back no other.
      if (why === 'later') return [{ kind: AGAIN, lane: lane('file', `late-${of}-${which}`) }];
      return late(entry, reading);
    }
    case 'delivery.outcome':
      return afterShown(entry, reading);
    default:
      return [];
  }
}

async function ofEvent(entry: EntryOf<'matrix.event'>, reading: Reading, part: Part): Promise<readonly TaskDraft[]> {
  const [first] = filesOf(entry.body);
  if (first === undefined || (await showsKept(entry, reading))) return [];
  const picture = pictureOf(entry.body);
  const { position } = entry;
  if (picture !== undefined && !(await isNewPicture(reading, part.sealer, { of: picture.of, position }))) return [];
  return [{ kind: 'file', lane: laneOf(first.uri, entry, part.domain) }];
}

/** Our own copy of a network's file, in its room: the bytes are on record already. */
async function showsKept({ source }: EntryOf<'matrix.event'>, reading: Reading): Promise<boolean> {
  if (source.echoOf === undefined) return false;
  return (await filesOnRecord(reading, source.echoOf)).some(({ state }) => state === 'stored');
}

/** A connector that is slow holds back only its own. */
function networkLane({ position, body }: WithAttachments): Lane {
  return lane('file', `${body.connector}-${position % NETWORK_LANES}`);
}

function afterScan(entry: Entry, scan: FileScan | undefined): readonly TaskDraft[] {
  if (scan?.result === 'found') return [{ kind: MALWARE, lane: lane('room', 'malware') }];
  if (scan?.again !== true) return [];
  return [{ kind: SCAN, lane: lane('file', `scan-${entry.position % SCAN_LANES}`) }];
}

/** A file that its message was shown without. */
async function late(
  entry: EntryOf<'file.stored'> | EntryOf<'file.scanned'> | EntryOf<'file.missing'>,
  reading: Reading,
): Promise<readonly TaskDraft[]> {
  const { portal, body } = entry;
  if (portal === undefined || !(await isLacking(reading, body.of, body.part))) return [];
  return [{ kind: LATE, lane: lane('in', portal) }];
}

/** What came between the look at the files and this record follows at once. */
async function afterShown(entry: EntryOf<'delivery.outcome'>, reading: Reading): Promise<readonly TaskDraft[]> {
  const { lacking = [], of } = entry.body;
  if (entry.portal === undefined || lacking.length === 0) return [];
  const known = new Set((await filesOnRecord(reading, of)).map(({ part }) => part));
  return lacking.some((part) => known.has(part)) ? [{ kind: LATE, lane: lane('in', entry.portal) }] : [];
}

/** `domain` is the homeserver's. */
export function filesWriterPart(options: { readonly domain: string }): WriterPart {
  return {
    projections: [filesProjection, lackingProjection],
    planners: [
      {
        name: FILES,
        reads: [FILES, LACKING],
        plan: (entry, reading, sealer) => plan(entry, reading, { sealer, domain: options.domain }),
      },
    ],
  };
}
