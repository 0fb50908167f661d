/** Lets one process install while others wait. It saves work only: correctness is the rename of a complete environment. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { errorCode } from './error-code.ts';

const LOOK_EVERY_MS = 250;
const GIVE_UP_AFTER_LOOKS = (15 * 60_000) / LOOK_EVERY_MS;

/**
 * Runs `work` when its turn has come, waiting at most 15 minutes; a lock whose process is gone is taken over.
 * @throws Error naming the lock when another process holds it for longer.
 */
export async function holding(file: string, work: () => Promise<void>): Promise<void> {
  await take(file);
  try {
    await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string): Promise<void> {
  for (let look = 0; look < GIVE_UP_AFTER_LOOKS; look += 1) {
    if (await create(file)) return;
    if (await ownerLives(file)) await pause(LOOK_EVERY_MS);
    else await rm(file, { force: true });
  }
  throw new Error(`another process has been installing Synapse for 15 minutes: end it, or delete ${file}`);
}

async function create(file: string): Promise<boolean> {
  try {
    await writeFile(file, `${String(process.pid)}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function ownerLives(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const pid = Number(text.trim());
  // Empty: its maker is between making and writing it, or was killed there; the second look decides.
  if (text === '') return await pause(LOOK_EVERY_MS).then(() => readFile(file, 'utf8').then(Boolean, () => false));
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
