/** A process that reconciles and is killed at a step: folder and number of the step are its arguments. */
import { z } from 'zod';
import { placeIn } from '../rooms/kept-world.ts';
import { runOnce } from './run.ts';

const [dir, last] = z.tuple([z.string(), z.coerce.number().int().positive()]).parse(process.argv.slice(2));
let steps = 0;
await runOnce({
  place: placeIn(dir),
  step: (asked) => {
    steps += 1;
    if (asked !== undefined) process.stdout.write(`${asked}\n`);
    if (steps === last) process.kill(process.pid, 'SIGKILL');
  },
});
