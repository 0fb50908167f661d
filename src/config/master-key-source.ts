/** Where the master key's 32 bytes come from, checked before anything is opened with them. */
import { resolve } from 'node:path';
import { statSync } from 'node:fs';
import { err, ok, type Result } from '../core/result.ts';
import type { MasterKeySource } from './config.ts';
import { say, unsay, type ConfigProblem } from './problem.ts';
import type { ParsedConfig } from './schema.ts';
import { ownersFile, shownPath, type Surroundings } from './secret-reader.ts';
import { Secret } from './secret.ts';

/** Bytes of a master key. */
const MASTER_KEY_BYTES = 32;

const LOST = 'restore it from the recovery sheet, or make a new installation with: gatehouse init';

export function masterKeySource(
  keys: ParsedConfig['keys'],
  surroundings: Surroundings,
): Result<MasterKeySource, ConfigProblem> {
  if (keys.masterKeyEnv !== undefined) return fromEnvironment(keys.masterKeyEnv, surroundings);
  if (keys.masterKeyCredential !== undefined) return fromCredential(keys.masterKeyCredential, surroundings);
  return fromFile(resolve(surroundings.cwd, keys.masterKeyFile ?? ''), 'keys.masterKeyFile', surroundings);
}

function fromFile(file: string, path: string, surroundings: Surroundings): Result<MasterKeySource, ConfigProblem> {
  const shown = shownPath(surroundings.cwd, file);
  if (statSync(file, { throwIfNoEntry: false }) === undefined) {
    return err({ path, message: `${shown} doesn't exist`, fix: LOST });
  }
  const owners = ownersFile(file, { shown, mostBytes: 4096 });
  if (!owners.ok) return err({ path, ...unsay(owners.error) });
  if (statSync(file).size !== MASTER_KEY_BYTES) {
    return err({ path, message: `${shown} is not a master key (32 bytes)`, fix: LOST });
  }
  return ok({ from: 'file', path: file, shown });
}

/** systemd puts credentials under $CREDENTIALS_DIRECTORY (systemd.exec, "Credentials"). */
function fromCredential(name: string, surroundings: Surroundings): Result<MasterKeySource, ConfigProblem> {
  const path = 'keys.masterKeyCredential';
  const folder = surroundings.env['CREDENTIALS_DIRECTORY'];
  if (folder === undefined || !/^[\w.-]+$/u.test(name)) {
    const words = say(`there is no systemd credential ${name} here`, `add LoadCredential=${name}:/path to the service`);
    return err({ path, ...unsay(words) });
  }
  return fromFile(resolve(folder, name), path, surroundings);
}

function fromEnvironment(name: string, surroundings: Surroundings): Result<MasterKeySource, ConfigProblem> {
  const text = surroundings.env[name] ?? '';
  if (Buffer.from(text, 'base64').length === MASTER_KEY_BYTES)
    return ok({ from: 'environment', base64: new Secret(text) });
  const fix = `set ${name} to the 32 bytes of the key in base64`;
  return err({ path: 'keys.masterKeyEnv', message: `the variable ${name} holds no master key`, fix });
}
