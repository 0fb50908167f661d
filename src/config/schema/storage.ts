import { z } from 'zod';
import { say } from '../problem.ts';
import type { SecretSchema } from '../secret-reader.ts';
import { section } from '../section.ts';
import { listenAddress } from '../values/listen-address.ts';

const path = z.string().min(1, { error: say('is empty', 'write a path') });

export const dataSection = section({
  dir: path.describe('folder of database, keys, files and tree; on a disk of this machine'),
})
  .prefault({ dir: './data' })
  .describe('Where Gatehouse keeps everything on one machine (SQLite).');

export function databaseSection(secret: SecretSchema) {
  return section({
    url: secret.describe('postgres://user:password@host/database'),
    keysUrl: secret.describe('another database, with backups of its own that are kept for a short time only'),
  }).describe('PostgreSQL instead of SQLite; files and tree stay in data.dir.');
}

export const keysSection = section({
  masterKeyFile: path
    .optional()
    .describe('32 bytes, mode 0600, made by `gatehouse init`; the record is unreadable without it'),
  masterKeyEnv: path.optional().describe('instead: the variable of the environment that holds it, in base64'),
  masterKeyCredential: path.optional().describe('instead: the name of a systemd credential that holds it'),
})
  .refine((keys) => Object.values(keys).filter((way) => way !== undefined).length === 1, {
    error: say(
      'needs exactly one of masterKeyFile, masterKeyEnv and masterKeyCredential',
      'write masterKeyFile: secrets/master.key',
    ),
  })
  .describe('The key that everything on disk is sealed with.');

export const listenSection = section({
  bridge: listenAddress.prefault('127.0.0.1:9701').describe('Synapse calls this (registration.yaml)'),
  archive: listenAddress.prefault('127.0.0.1:9702').describe('Synapse calls this (registration.archive.yaml)'),
  webhooks: listenAddress.prefault('127.0.0.1:9703').describe('providers call this, through your reverse proxy'),
  admin: listenAddress.prefault('127.0.0.1:9704').describe('health and metrics; keep it on loopback'),
})
  .prefault({})
  .describe('The four listeners.');
