/** `npm run crash -- --only networks --rounds N --seed S`: as the short form, with N kills. */
import { problems } from '../judge/judge.ts';
import { openNetworkRun } from './house.ts';
import { totalsOf } from './judge.ts';
import { killAmidNetworks } from './run.ts';

/** The record is read as every so many a kill left it. */
const LOOK_EVERY = 5;

export interface LongForm {
  readonly dir: string;
  readonly seed: number;
  readonly rounds: number;
  readonly say: (line: string) => void;
  readonly progress: (line: string) => void;
}

/** True when nothing is wrong. */
export async function playNetworks({ dir, seed, rounds, say, progress }: LongForm): Promise<boolean> {
  await using run = await openNetworkRun({ dir, seed, customers: 2 });
  const { early, verdict } = await killAmidNetworks(run, {
    ...{
      kills: rounds,
      rates: { acts: 3, answers: 3, changes: 3 },
      look: (kill) => kill % LOOK_EVERY === 0,
      say: progress,
    },
  });
  const wrong = [...early, ...problems(verdict)];
  for (const one of wrong) say(one);
  const verified = await run.house.command('verify').catch((error: unknown) => String(error));
  for (const line of [verified.trim(), `networks: ${totalsOf(verdict)}`]) say(line);
  return wrong.length === 0 && verified.includes('unbroken');
}
