/** Processes that stand still: they take connections and answer nothing, and go on later as if nothing had been. */
import { setTimeout as pause } from 'node:timers/promises';
import type { CrashRun } from '../drive.ts';
import { burst } from '../rounds.ts';
import { fault, restart, setCarrier, signal, type Form, type Scenario } from './scenario.ts';

const MESSAGES = { texts: 40, answers: 20, asides: 20 };
/** Synapse gives a transaction up after 60 s; in the short form the proxies do it in its place. */
const EARLY_MS = 3_000;
const GATEHOUSE_STOP_MS: Readonly<Record<Form, number>> = { short: 5_000, long: 65_000 };
const ANSWER_HELD_MS = 7_000;

export const gatehouseStop: Scenario = {
  name: 'stop',
  shows: 'SIGSTOP of Gatehouse for longer than Synapse waits: what is delivered twice changes nothing',
  errors: [],
  play: async (run, form) => {
    const fronts = [run.proxies.to('bridge'), run.proxies.to('archive')];
    if (form === 'short') for (const front of fronts) front.behave({ cutAfterMs: EARLY_MS });
    fault(run, `SIGSTOP of Gatehouse for ${GATEHOUSE_STOP_MS[form]} ms`);
    const sending = burst(run, MESSAGES);
    await pause(run.random.between(50, 400));
    signal(run.house.gatehouse, 'SIGSTOP');
    await pause(GATEHOUSE_STOP_MS[form]);
    signal(run.house.gatehouse, 'SIGCONT');
    await sending;
    await answersNeverArrive(run);
  },
};

/** Gatehouse puts each transaction on record and says so; Synapse never hears it, and brings the same again. */
async function answersNeverArrive(run: CrashRun): Promise<void> {
  const fronts = [run.proxies.to('bridge'), run.proxies.to('archive')];
  fault(run, 'answers to transactions never arrive');
  for (const front of fronts) front.behave({ hold: ['back'], cutAfterMs: EARLY_MS });
  await burst(run, MESSAGES);
  await pause(ANSWER_HELD_MS);
  for (const front of fronts) {
    front.cut();
    front.heal();
  }
}

const RESPONSE: Readonly<Record<Form, { readonly timeout: string; readonly stopMs: number }>> = {
  short: { timeout: '2s', stopMs: 6_000 },
  long: { timeout: '30s', stopMs: 45_000 },
};

export const carrierStop: Scenario = {
  name: 'carrier-stop',
  shows: 'SIGSTOP of the carrier beyond the response timeout: what is unclear says so, and nothing goes out twice',
  errors: [],
  play: async (run, form) => {
    await setCarrier(run, 'responseTimeout', RESPONSE[form].timeout);
    await restart(run);
    fault(run, `SIGSTOP of the carrier for ${RESPONSE[form].stopMs} ms`);
    const sending = burst(run, MESSAGES);
    await pause(run.random.between(50, 400));
    signal(run.house.carrier, 'SIGSTOP');
    await pause(RESPONSE[form].stopMs);
    signal(run.house.carrier, 'SIGCONT');
    await sending;
  },
};
