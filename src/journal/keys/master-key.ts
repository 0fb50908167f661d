/** The master key: 32 bytes that wrap every other key, kept apart from the data. */
import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { err, ok, type Result } from '../../core/result.ts';

export const MASTER_KEY_BYTES = 32;
const OTHERS = 0o077;

/** Words that an admin can act on. */
export type MasterKeyProblem = string;

/**
 * Makes a new key in `file` (mode 0600), on disk when it returns; an existing file is never overwritten.
 * @throws NodeJS.ErrnoException EEXIST when the file exists.
 */
export function createMasterKey(file: string): Uint8Array {
  const key = randomBytes(MASTER_KEY_BYTES);
  const handle = openSync(file, 'wx', 0o600);
  try {
    writeSync(handle, key);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  syncFolder(dirname(file));
  return key;
}

/** Reads the key of a file that only its owner may read. */
export function loadMasterKey(file: string): Result<Uint8Array, MasterKeyProblem> {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch {
    return err(`the master key ${file} cannot be read: does it exist, and may this user read it?`);
  }
  try {
    const mode = fstatSync(handle).mode & 0o777;
    if ((mode & OTHERS) !== 0) {
      return err(`the master key ${file} is open to other users (mode 0${mode.toString(8)}): run chmod 600 ${file}`);
    }
    const key = masterKey(readFileSync(handle));
    return key.ok ? key : err(`${file}: ${key.error}`);
  } finally {
    closeSync(handle);
  }
}

/** A key that came as bytes: of an environment file or a systemd credential. */
export function masterKey(bytes: Uint8Array): Result<Uint8Array, MasterKeyProblem> {
  return bytes.length === MASTER_KEY_BYTES
    ? ok(Uint8Array.from(bytes))
    : err(`a master key has ${MASTER_KEY_BYTES} bytes, this one has ${bytes.length}`);
}

/** A new file's name is on disk only when its folder is. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
