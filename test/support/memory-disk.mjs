/**
 * Where tests put their files. A database syncs with each commit, and a disk takes milliseconds for that, seconds when
 * others write too; what a test proves is that it syncs, and what a killed process leaves. In memory that costs nothing.
 */
import { mkdirSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import path from 'node:path';

const MEMORY = '/dev/shm';
const PREFIX = 'gatehouse-tests-';
/** A whole run leaves less than half of this there. */
const ROOM = 8_000_000_000;

/** From now on `tmpdir()` is a folder in memory, until this process ends; where there is room, and nobody chose another. */
export function tmpdirInMemory() {
  if (process.env.TMPDIR !== undefined || !hasRoom()) return;
  takeAwayOld();
  const dir = path.join(MEMORY, `${PREFIX}${String(process.pid)}`);
  // As root PostgreSQL runs as another user, who has to reach its folder.
  mkdirSync(dir, { mode: 0o755, recursive: true });
  process.env.TMPDIR = dir;
  process.once('exit', () => {
    rmSync(dir, { recursive: true, force: true });
  });
}

function hasRoom() {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= ROOM && process.availableMemory() >= ROOM;
  } catch {
    return false;
  }
}

/** What a run left that was killed. */
function takeAwayOld() {
  for (const name of readdirSync(MEMORY)) {
    const pid = Number(name.startsWith(PREFIX) ? name.slice(PREFIX.length) : Number.NaN);
    if (Number.isInteger(pid) && !isAlive(pid)) rmSync(path.join(MEMORY, name), { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
