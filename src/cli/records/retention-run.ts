/** `retention.preview` and `retention.run`: asked for on record, like an officer's, and waited for. */
import { z } from 'zod';
import { recordAct } from './record-act.ts';
import type { Calling, Ended } from './record-command.ts';
import type { RecordDeps } from './record-deps.ts';

const args = z.object({ user: z.string().max(100) });

export async function runRetention(
  act: 'preview' | 'run',
  deps: RecordDeps,
  { args: given, say, signal }: Calling,
): Promise<Ended> {
  const { user } = args.parse(given);
  await recordAct(deps, { command: `retention.${act}`, user, positions: [] });
  const progress = (done: number, total: number): void => {
    say({ progress: { done, total } });
  };
  const outcome = await deps.retention({ act, user, progress, signal });
  if (outcome === 'stopped')
    return { exit: 1, error: 'it goes on in the running Gatehouse; its result is told at the desk' };
  if (outcome === 'not-running')
    return { exit: 1, error: 'Gatehouse is not running: start it, then run this again. Nothing was done.' };
  const { did, words, body } = outcome;
  say({ line: { did, ...body, words: [...words] } });
  return { exit: did === 'refused' ? 1 : 0 };
}
