/** A process that lives one life and is killed after a step: folder, scene and the number of the step are its arguments. */
import { z } from 'zod';
import { live } from './live.ts';
import { sceneNames } from './scenes.ts';

const [dir, scene, last] = z
  .tuple([z.string(), z.enum(sceneNames), z.coerce.number().int().positive()])
  .parse(process.argv.slice(2));

await live({
  dir,
  scene,
  step: (count) => {
    if (count === last) process.kill(process.pid, 'SIGKILL');
  },
});
