/**
 * Writes what `init` makes. Secrets first and only where there are none, the config last: an `init` that was cut off is
 * run again and goes on with the same secrets. Not even `--force` replaces a secret: the record would be unreadable.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { renderConfig } from '../../config/render.ts';
import type { NetworkId } from '../../core/ids.ts';
import { createMasterKey } from '../../journal/keys/master-key.ts';
import { isSample, registrationFiles, ARCHIVE_FILE, BRIDGE_FILE } from '../registration-files.ts';
import { SECRET_MODE, PUBLIC_MODE, writeFirst, writeWholeFile } from '../write-file.ts';
import { configOf, initHead } from './config-of.ts';
import type { Answers } from './questions.ts';

export interface Installing {
  readonly cwd: string;
  /** The config file, as it was named. */
  readonly config: string;
  readonly answers: Answers;
  readonly networks: readonly NetworkId[];
}

export interface Installed {
  /** A line for each file. */
  readonly told: readonly string[];
  /** When it was made now, or by an `init` that was cut off and perhaps never showed its recovery sheet. */
  readonly masterKey?: Uint8Array;
}

export const MASTER_KEY_FILE = 'secrets/master.key';

/** Files of an installation that are there already and that only `--force` replaces. */
export function inTheWay(cwd: string, config: string): readonly string[] {
  return [config, BRIDGE_FILE, ARCHIVE_FILE].filter((file) => {
    const path = resolve(cwd, file);
    return existsSync(path) && !isSample(path);
  });
}

/** @throws NodeJS.ErrnoException when a file can't be written; what is missing then is made by the next run. */
export function install(installing: Installing): Installed {
  const { cwd, answers } = installing;
  const told: string[] = [];
  const tell = (file: string, isNew: boolean): void => {
    told.push(isNew ? `✓ ${file} (0600)` : `✓ ${file} was there and stays`);
  };
  const wasWhole = existsSync(resolve(cwd, installing.config));
  const made = firstMasterKey(resolve(cwd, MASTER_KEY_FILE));
  tell(MASTER_KEY_FILE, made !== undefined);
  const masterKey = wasWhole ? made : (made ?? readFileSync(resolve(cwd, MASTER_KEY_FILE)));
  const secret = (name: string): string => {
    const file = `secrets/${name}`;
    const path = resolve(cwd, file);
    tell(file, writeFirst(path, `${randomBytes(32).toString('hex')}\n`, SECRET_MODE));
    return readFileSync(path, 'utf8').trim();
  };
  const bridge = { as: secret('bridge-as-token'), hs: secret('bridge-hs-token') };
  const archive = { as: secret('archive-as-token'), hs: secret('archive-hs-token') };
  const password = answers.smppPassword ?? '';
  if (password !== '') tell('secrets/smpp', writeFirst(resolve(cwd, 'secrets/smpp'), `${password}\n`, SECRET_MODE));
  const reachUsAt = { bridge: answers.bridgeUrl ?? '', archive: answers.archiveUrl ?? '' };
  const given = { domain: answers.domain ?? '', reachUsAt, tokens: { bridge, archive }, networks: installing.networks };
  for (const file of registrationFiles(given)) {
    writeWholeFile(resolve(cwd, file.name), file.text, SECRET_MODE);
    tell(file.name, true);
  }
  writeWholeFile(resolve(cwd, installing.config), renderConfig(configOf(answers), initHead), PUBLIC_MODE);
  told.push(`✓ ${installing.config}`);
  return masterKey === undefined ? { told } : { told, masterKey };
}

function firstMasterKey(path: string): Uint8Array | undefined {
  if (existsSync(path)) return undefined;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return createMasterKey(path);
}
