/** Kills of Gatehouse: at random moments of steady traffic, and in bursts. It is up before and after. */
import { setTimeout as pause } from 'node:timers/promises';
import type { CrashRun } from './drive.ts';
import type { Rates } from './traffic.ts';

/** A customer nobody knows comes in with every so many kills: portals are opened under fire too. */
const NEWCOMER_EVERY = 15;

export async function steady(run: CrashRun, kills: number, rates: Rates): Promise<void> {
  const { traffic, killer, history, say } = run;
  history.part = 'steady';
  traffic.start(rates);
  traffic.startAsides(rates);
  try {
    await killer.kill('first');
    for (let kill = 2; kill <= kills; kill += 1) {
      if (kill % NEWCOMER_EVERY === 0) traffic.start(rates, [traffic.newcomer()]);
      await killer.oneLife();
      say(`kill ${kill} of ${kills}`);
    }
    await killer.start();
  } finally {
    await traffic.stop();
  }
}

export interface BurstSize {
  /** Texts that arrive, answers and words among colleagues that wait, when Gatehouse dies. */
  readonly texts: number;
  readonly answers: number;
  readonly asides: number;
}

/** Each burst kills once with everything waiting before Gatehouse is back, or half of it coming while it takes in the rest. */
export async function bursts(run: CrashRun, kills: number, size: BurstSize): Promise<void> {
  const { killer, random, history, say } = run;
  history.part = 'burst';
  for (let kill = 1; kill <= kills; kill += 1) {
    const before = random.oneOf([1, 0.5]);
    await killer.kill('before a burst');
    await burst(run, size, before);
    await killer.start();
    const during = burst(run, size, 1 - before);
    await pause(random.between(50, 1_500));
    await killer.kill('in a burst');
    await during;
    await killer.start();
    say(`burst ${kill} of ${kills}`);
  }
}

/** Texts all at once; what staff write as fast as Synapse takes it, in the order of each room. */
export async function burst({ traffic }: CrashRun, size: BurstSize, share = 1): Promise<void> {
  const { customers } = traffic;
  for (let n = 0; n < size.texts * share; n += 1) traffic.text(customers[n % customers.length] ?? '');
  const each = Math.ceil((size.answers * share) / customers.length);
  const asides = Math.ceil((size.asides * share) / 2);
  const answered = customers.map((customer) => times(each, () => traffic.answer(customer)));
  const talked = (['alice', 'bob'] as const).map((who) => times(asides, (n) => traffic.aside(who, n)));
  await Promise.all([...answered, ...talked]);
}

async function times(count: number, act: (n: number) => Promise<unknown>): Promise<void> {
  for (let n = 0; n < count; n += 1) await act(n);
}
