/** One draft becomes one entry: placed, recognised, sealed, inserted, indexed, followed. */
import { nextPosition, type Position } from '../../core/ids.ts';
import type { Draft, Entry, Source, Where } from '../../core/entry.ts';
import { jcs } from '../../core/json.ts';
import type { Also, Appended } from '../../core/ports/recorder.ts';
import { bodies } from '../entries/bodies.ts';
import { json } from '../entries/envelope.ts';
import { currentVersion } from '../entries/upcast.ts';
import { commitmentOf, randomPiece, SALT_BYTES, sealEntry, sha256 } from '../entry-cipher.ts';
import { insertEntry, type EntryRow } from '../entry-store.ts';
import { headerText } from '../header.ts';
import { digestOf, sourceHash } from '../identity.ts';
import { beginEpoch } from '../log/epochs.ts';
import { leafHash } from '../merkle/tree.ts';
import { plaintextOf } from '../plaintext.ts';
import type { Placed } from '../projection.ts';
import type { Batch } from './batch.ts';
import { letGo, settle } from './erase-entries.ts';
import { follow } from './follow.ts';
import { recognise, type Fingerprint, type Recognised } from './recognise.ts';
import type { Setting } from './setting.ts';

/** @throws ZodError or NotCanonical when the draft's body can't be recorded as what it says it is. */
export async function appendDraft(draft: Draft, batch: Batch, setting: Setting, also: Also = {}): Promise<Appended> {
  bodies[draft.kind].parse(draft.body);
  if (draft.kind !== 'retention.erased') return (await record(draft, batch, setting, also)).appended;
  const settled = await settle(draft, batch, setting);
  if (settled.is === 'known') return { position: settled.position, duplicate: true };
  const { appended, entry } = await record(settled.draft, batch, setting, also);
  if (entry !== undefined) await letGo(settled.entries, entry.position, batch, setting);
  return appended;
}

interface Recorded {
  readonly appended: Appended;
  /** Undefined when it is on record already. */
  readonly entry?: Entry;
}

async function record(draft: Draft, batch: Batch, setting: Setting, also: Also): Promise<Recorded> {
  const body = jcs(json.parse(draft.body));
  const { keys } = setting;
  const print = { source: sourceHash(keys.source, draft.source), digest: digestOf(keys.source, draft, body) };
  const recognised = byId(await recognise(draft, print, batch.writing, keys), also);
  if (recognised.is === 'duplicate') return { appended: { position: recognised.of, duplicate: true } };
  const placed = await place(draft, batch, setting);
  const entry = entryOf(draft, placed ?? {}, recognised, { batch, setting });
  await insert(entry, body, print, { batch, setting });
  if (entry.kind === 'log.continued') await beginEpoch(entry, batch.writing);
  await follow(entry, placed !== undefined, batch, setting);
  return { appended: appended(entry.position, recognised), entry };
}

function byId(recognised: Recognised, { knownById = false }: Also): Recognised {
  const first = recognised.is === 'new' ? recognised.conflictWith : undefined;
  return knownById && first !== undefined ? { is: 'duplicate', of: first } : recognised;
}

function appended(position: Position, recognised: Recognised & { is: 'new' }): Appended {
  const { conflictWith, possibleDuplicateOf } = recognised;
  return {
    position,
    duplicate: false,
    ...(conflictWith === undefined ? {} : { conflictWith }),
    ...(possibleDuplicateOf === undefined ? {} : { possibleDuplicateOf }),
  };
}

interface Within {
  readonly batch: Batch;
  readonly setting: Setting;
}

/** What the projections know of the draft; undefined when one of them threw: nothing acts on the entry. */
async function place(draft: Draft, batch: Batch, setting: Setting): Promise<Placed | undefined> {
  const position = nextPosition(batch.position);
  const { sealer } = setting.keys;
  let placed: Placed = {};
  for (const { placing } of setting.parts) {
    if (placing === undefined) continue;
    const known = { ...draft, ...whereOf(placed) };
    try {
      placed = { ...placed, ...(await batch.attempt(() => placing(known, position, batch.writing, sealer))) };
    } catch (error) {
      if (batch.endsWith(error)) throw error;
      return undefined;
    }
  }
  return placed;
}

function entryOf(draft: Draft, placed: Placed, recognised: Recognised & { is: 'new' }, within: Within): Entry {
  const { echoOf, ...where } = placed;
  const { conflictWith, possibleDuplicateOf } = recognised;
  const source: Source = {
    ...draft.source,
    ...(conflictWith === undefined ? {} : { conflictWith }),
    ...(possibleDuplicateOf === undefined ? {} : { possibleDuplicateOf }),
    ...(echoOf === undefined ? {} : { echoOf }),
  };
  return {
    class: within.setting.defaultClass,
    ...draft,
    ...where,
    source,
    position: nextPosition(within.batch.position),
    v: currentVersion(draft.kind),
    recordedAt: within.setting.clock.now(),
  };
}

async function insert(entry: Entry, body: string, print: Fingerprint, within: Within): Promise<void> {
  const { batch, setting } = within;
  const plaintext = Buffer.from(
    plaintextOf({ salt: randomPiece(SALT_BYTES), source: entry.source, where: whereOf(entry), body, raw: entry.raw }),
  );
  const sealed = sealEntry(setting.stock.key(entry.position), plaintext);
  const row = rowOf(entry, print, { sealed, commitment: commitmentOf(plaintext) });
  await batch.writing.run(insertEntry, row);
  batch.position = entry.position;
  batch.leaves.push(row.leaf);
  batch.entries.push(entry);
}

function whereOf(placed: Where): Where {
  const { actor, room, portal, line, contact } = placed;
  return {
    ...(actor === undefined ? {} : { actor }),
    ...(room === undefined ? {} : { room }),
    ...(portal === undefined ? {} : { portal }),
    ...(line === undefined ? {} : { line }),
    ...(contact === undefined ? {} : { contact }),
  };
}

function rowOf(
  entry: Entry,
  print: Fingerprint,
  proof: { readonly sealed: Uint8Array; readonly commitment: Uint8Array },
): EntryRow {
  const { position, kind, v, at, recordedAt, direction } = entry;
  const header = headerText({
    ...{ v, position, kind, at, recordedAt, direction, class: entry.class },
    source: print.source,
    ciphertext: sha256(proof.sealed),
    commitment: proof.commitment,
  });
  return {
    ...{ position, kind, v, at, class: entry.class },
    recorded_at: recordedAt,
    direction: direction ?? null,
    ...columnsOf(entry),
    sure: entry.source.sure ? 1 : 0,
    ...print,
    ...proof,
    leaf: leafHash(Buffer.from(header)),
  };
}

function columnsOf(
  entry: Entry,
): Pick<EntryRow, 'room' | 'portal' | 'line' | 'contact' | 'echo_of' | 'conflict_with' | 'possible_duplicate_of'> {
  return {
    room: entry.room ?? null,
    portal: entry.portal ?? null,
    line: entry.line ?? null,
    contact: entry.contact ?? null,
    echo_of: entry.source.echoOf ?? null,
    conflict_with: entry.source.conflictWith ?? null,
    possible_duplicate_of: entry.source.possibleDuplicateOf ?? null,
  };
}
