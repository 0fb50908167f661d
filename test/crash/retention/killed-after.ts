import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { exitOf } from '../exit-of.ts';

const oneLife = fileURLToPath(new URL('./one-life.ts', import.meta.url));

/** Lets the house in `dir` live on for so long at most: whether it was killed before it was done. */
export async function killedAfter(dir: string, ms: number): Promise<boolean> {
  const args = ['--disable-warning=ExperimentalWarning', oneLife, dir, String(ms)];
  const child = spawn(process.execPath, args, { env: { ...process.env, NODE_OPTIONS: '' }, stdio: 'inherit' });
  return (await exitOf(child)).signal === 'SIGKILL';
}

/**
 * Lets a house live for so long at most, and another one for half as long where it was done before: how long a life takes
 * is not the same each time. Resolves with the folder of the one that was killed.
 */
export async function killedOnce(folder: () => Promise<string>, ms: number): Promise<string> {
  for (let life = ms; ; life /= 2) {
    const dir = await folder();
    if (await killedAfter(dir, life)) return dir;
    await rm(dir, { recursive: true });
  }
}
