/** A process that walks rooms back and is killed before a request: folder and number of the request are its arguments. */
import { z } from 'zod';
import { placeIn } from '../rooms/kept-world.ts';
import { walkOnce } from './walk.ts';

const [dir, last] = z.tuple([z.string(), z.coerce.number().int().positive()]).parse(process.argv.slice(2));
let asked = 0;
await walkOnce(placeIn(dir), () => {
  asked += 1;
  if (asked === last) process.kill(process.pid, 'SIGKILL');
});
