import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { exitOf } from '../exit-of.ts';

const oneLife = fileURLToPath(new URL('./one-life.ts', import.meta.url));

/** Lets the house in `dir` live on for so long at most: whether it was killed before it was done. */
export async function killedAfter(dir: string, ms: number): Promise<boolean> {
  const args = ['--disable-warning=ExperimentalWarning', oneLife, dir, String(ms)];
  const child = spawn(process.execPath, args, { env: { ...process.env, NODE_OPTIONS: '' }, stdio: 'inherit' });
  return (await exitOf(child)).signal === 'SIGKILL';
}
