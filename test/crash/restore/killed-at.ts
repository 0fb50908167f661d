/**
 * Loaded before a program: kills its process after the file operation whose number is in KILL_AT, 1, 2, 3, ... A copy
 * counts twice: when half of it is there, and when all is. Without the number it tells on stderr how many there were.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const last = Number(process.env['KILL_AT'] ?? Infinity);
let count = 0;

function step(): void {
  count += 1;
  if (count === last) process.kill(process.pid, 'SIGKILL');
}

const { copyFile, rename, rm, mkdir, open, link } = fs.promises;
Object.assign(fs.promises, {
  copyFile: async (from: string, to: string, mode?: number) => {
    const bytes = fs.readFileSync(from);
    fs.writeFileSync(to, bytes.subarray(0, bytes.length / 2));
    step();
    await copyFile(from, to, mode);
    step();
  },
  rename: counted(rename),
  rm: counted(rm),
  mkdir: counted(mkdir),
  link: counted(link),
  open: counted(open),
});
syncBuiltinESMExports();
process.once('exit', () => {
  fs.writeSync(2, `steps ${String(count)}\n`);
});

function counted<A extends readonly unknown[], R>(act: (...given: A) => Promise<R>): (...given: A) => Promise<R> {
  return async (...given) => {
    const done = await act(...given);
    step();
    return done;
  };
}
