/**
 * What a backup holds, signed with the key that signs checkpoints: a signed note whose first line can't be taken for a
 * checkpoint's. It is written last, so that a folder with one is whole.
 */
import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { millis } from '../entries/ids.ts';
import { originOf } from '../merkle/checkpoint.ts';
import { createNoteSigner, openNote, signNote } from '../merkle/signed-note.ts';
import { readText } from './files.ts';

const FORMAT = 'gatehouse-backup/1';
export const MANIFEST = 'manifest';
/** Every file beside the manifest, a line each: SHA-256, size, path. */
export const FILES = 'files';

const count = z.int().nonnegative();
const hex256 = z.string().regex(/^[0-9a-f]{64}$/u);

const manifestShape = z.strictObject({
  /** `record`: journal, published log and the list of blobs; `keys`: the keys that open them. */
  what: z.enum(['record', 'keys']),
  createdAt: millis,
  /** Of the program that made it. */
  version: z.string(),
  domain: z.string(),
  origin: z.string(),
  epoch: z.int().positive(),
  /** The journal's head in the copy; for keys, that of the record they were copied after. */
  size: count,
  /** Base64. */
  root: z.string(),
  /** Of the config in use: a restore under another one is told. */
  config: z.string(),
  /** Of the list of files. */
  files: hex256,
  fileCount: count,
  bytes: count,
  blobs: z.strictObject({ count, bytes: count }),
  /** When this backup's copy of the keys is to be gone. */
  keysUntil: millis,
});
export type Manifest = Readonly<z.infer<typeof manifestShape>>;

/** Whose backup it is: name and key, whichever epoch the log is in. */
export interface OfInstallation {
  readonly domain: string;
  /** Ed25519, private. */
  readonly signing: KeyObject;
}

export function signManifest(manifest: Manifest, { signing }: OfInstallation): string {
  return signNote(`${FORMAT}\n${JSON.stringify(manifest)}\n`, createNoteSigner(manifest.origin, signing));
}

/** What a manifest says before its signature is looked at: enough to tell whose it claims to be. */
export function readManifest(text: string): Manifest | undefined {
  const [format, json = ''] = text.split('\n');
  if (format !== FORMAT) return undefined;
  try {
    return manifestShape.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}

/** Undefined unless it is of this installation, signed and unchanged. */
export function openManifest(text: string, { domain, signing }: OfInstallation): Manifest | undefined {
  const said = readManifest(text);
  if (said === undefined) return undefined;
  if (said.origin !== originOf(domain, said.epoch)) return undefined;
  const opened = openNote(text, createNoteSigner(said.origin, signing));
  return opened.ok ? readManifest(opened.value) : undefined;
}

/** The manifest of a backup's folder; undefined where it is missing or not of this installation. */
export async function manifestIn(folder: string, installation: OfInstallation): Promise<Manifest | undefined> {
  const note = await readText(join(folder, MANIFEST));
  return note === undefined ? undefined : openManifest(note, installation);
}
