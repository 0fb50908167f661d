/** A process that runs retention and is killed after so many milliseconds: folder and time are its arguments. */
import { z } from 'zod';
import { placeIn } from '../rooms/kept-world.ts';
import { live } from './record.ts';

const [dir, ms] = z.tuple([z.string(), z.coerce.number()]).parse(process.argv.slice(2));
const house = await live(placeIn(dir), () => {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), ms);
});
await house.stop();
