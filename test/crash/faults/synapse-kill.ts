/**
 * SIGKILL of Synapse amid 200 messages of staff; once while every transaction goes through, once while one archive
 * transaction is held open: then Synapse forgets what it had queued behind it (measured: 119 of 120).
 */
import type { CrashRun } from '../drive.ts';
import { burst } from '../rounds.ts';
import { fault, until, type Form, type Scenario } from './scenario.ts';

const MESSAGES = { texts: 20, answers: 40, asides: 160 };
const TAIL = { texts: 4, answers: 4, asides: 4 };
const ROUNDS: Readonly<Record<Form, number>> = { short: 1, long: 4 };

export const synapseKill: Scenario = {
  name: 'synapse-kill',
  shows: 'SIGKILL of Synapse amid 200 messages: all that it kept is on record and delivered',
  errors: [],
  play: async (run, form) => {
    for (let round = 1; round <= ROUNDS[form]; round += 1) {
      await kill(run, false);
      await kill(run, true);
    }
  },
};

async function kill(run: CrashRun, held: boolean): Promise<void> {
  const { house, proxies, random, history } = run;
  const archive = proxies.to('archive');
  if (held) archive.behave({ hold: ['there'] });
  const before = accepted(run);
  const sending = burst(run, MESSAGES);
  await until('the messages to be under way', () => accepted(run) - before > random.between(100, 180));
  if (held) await until('a transaction that is held open', () => archive.held > 0);
  fault(run, held ? 'SIGKILL of Synapse with an archive transaction held open' : 'SIGKILL of Synapse');
  await house.synapse.kill('SIGKILL');
  await proxies.to('synapse').refuse();
  history.note({ what: 'killed', when: 'Synapse' });
  await sending;
  await house.synapse.restart();
  await proxies.to('synapse').accept();
  archive.heal();
  // Later events of every room, live: what still misses then was forgotten.
  await burst(run, TAIL);
}

function accepted({ history }: CrashRun): number {
  return history.all().filter((one) => one.what === 'said' || one.what === 'chatted').length;
}
