/** Records as many entries as it is told, and says how much memory it held after 10,000 of them and at the end. */
import { allParts, ground, writerOn } from './ground.ts';
import { mixed } from './traffic.ts';

const FIRST = 10_000;
const BATCH = 500;
const entries = Math.max(FIRST, Number(process.argv[2]));

await using place = await ground();
await using writer = await writerOn(place.place, allParts);
let first = 0;
for (let made = 0; made < entries; made += BATCH) {
  await writer.core.append(mixed(BATCH));
  if (made + BATCH === FIRST) first = held();
}
process.send?.({ first, last: held() });
process.disconnect();

function held(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}
