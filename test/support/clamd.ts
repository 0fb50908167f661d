/**
 * A real clamd of Debian's, on a socket of its own, with a signature database that we write: it can't download one here,
 * and needs no more than what it looks for.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missingPackage, works } from './debian-package.ts';
import { until } from './carrier.ts';

/** The test file of the European Institute for Computer Antivirus Research (eicar.org), which every scanner stops. */
export const EICAR = String.raw`X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`;
/** Of our own: found anywhere in a file of any type. */
export const MARKED = 'gatehouse-test-malware';
const STREAM_BYTES = 5 * 1024 * 1024;

export function missingClamd(): string | undefined {
  return missingPackage('clamav-daemon', () => works('clamd', ['--version']));
}

export interface Clamd extends AsyncDisposable {
  readonly path: string;
  /** More than it takes. */
  readonly tooLarge: number;
}

export async function startClamd(): Promise<Clamd> {
  const dir = await mkdtemp(join(tmpdir(), 'clamd-'));
  const [database, path] = [join(dir, 'db'), join(dir, 'clamd.ctl')];
  await mkdir(database);
  const md5 = createHash('md5').update(EICAR).digest('hex');
  // ClamAV's formats: hash:size:name, and name:type:place:hexadecimal.
  await writeFile(join(database, 'test.hdb'), `${md5}:${EICAR.length}:Eicar-Test-Signature\n`);
  const marked = Buffer.from(MARKED).toString('hex');
  await writeFile(join(database, 'test.ndb'), `Gatehouse.Test.Marked:0:*:${marked}\n`);
  const config = join(dir, 'clamd.conf');
  const lines = ['Foreground yes', `LocalSocket ${path}`, `DatabaseDirectory ${database}`, 'OfficialDatabaseOnly no'];
  await writeFile(config, [...lines, `StreamMaxLength ${STREAM_BYTES}`, `TemporaryDirectory ${dir}`, ''].join('\n'));
  const child = spawn('clamd', ['--foreground', '-c', config], { stdio: 'ignore' });
  const ended = once(child, 'close');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    await rm(dir, { recursive: true, force: true });
  };
  // Whoever connects while it reads its database is answered afterwards.
  try {
    await until('clamd to listen', () => existsSync(path));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    path,
    tooLarge: STREAM_BYTES + 1,
    [Symbol.asyncDispose]: stop,
  };
}
