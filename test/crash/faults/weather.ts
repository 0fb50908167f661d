/** Connections that are slow, break in mid-sentence or go dead one way, by seed, between all processes at once. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Reached } from '../../../src/demo/house.ts';
import type { Fault } from '../../support/faulty-proxy.ts';
import type { CrashRun } from '../drive.ts';
import type { SeededRandom } from '../seeded-random.ts';
import { fault, type Form, type Scenario } from './scenario.ts';

const FAULTS: Readonly<Record<Form, number>> = { short: 14, long: 120 };
const LASTS_MS = { shortest: 200, longest: 1_800 };
const RATES = { texts: 1.2, answers: 1.5, asides: 0.7 };

export const weather: Scenario = {
  name: 'proxy',
  shows: 'connections that are slow, cut in mid-sentence or dead one way: nothing lost, nothing twice',
  // A transaction whose end never came.
  errors: ['matrix.transaction-refused'],
  play: async (run, form) => {
    run.traffic.start(RATES);
    run.traffic.startAsides(RATES);
    try {
      for (let n = 0; n < FAULTS[form]; n += 1) await oneFault(run);
    } finally {
      for (const [, proxy] of run.proxies.all) {
        await proxy.accept();
        proxy.heal();
      }
      await run.traffic.stop();
    }
  },
};

async function oneFault(run: CrashRun): Promise<void> {
  const { random, proxies } = run;
  const where: Reached = random.oneOf(['bridge', 'archive', 'synapse', 'carrier']);
  const proxy = proxies.to(where);
  const kind = faultBy(random);
  fault(run, `${where}: ${JSON.stringify(kind)}`);
  if (kind === 'nobody listens') await proxy.refuse();
  else proxy.behave(kind);
  await pause(random.between(LASTS_MS.shortest, LASTS_MS.longest));
  await proxy.accept();
  proxy.heal();
}

function faultBy(random: SeededRandom): Fault | 'nobody listens' {
  const bytes = Math.round(random.between(1, 3_000));
  return random.oneOf<Fault | 'nobody listens'>([
    { delayMs: Math.round(random.between(50, 400)) },
    { cutAfter: { way: 'there', bytes } },
    { cutAfter: { way: 'back', bytes } },
    { cutAfterMs: Math.round(random.between(20, 300)) },
    { swallow: ['there', 'back'] },
    { swallow: ['there'] },
    { swallow: ['back'] },
    { hold: ['there'] },
    { hold: ['back'] },
    'nobody listens',
  ]);
}
