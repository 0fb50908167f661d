/** Decides about what was stopped at the gate: on record at once, whoever else decides in the same moment. */
import type { Draft, EntryOf } from '../../../src/core/entry.ts';
import type { Clock } from '../../../src/core/clock.ts';
import type { Recorder } from '../../../src/core/ports/recorder.ts';
import { officer } from './house-rules.ts';
import type { Decision } from './plan.ts';
import { recordOf } from './recorded.ts';
import type { World } from './world.ts';

export async function decide(
  what: { readonly which: number; readonly hows: readonly Decision[] },
  world: Pick<World, 'place' | 'clock' | 'trace'>,
  recorder: Recorder,
): Promise<void> {
  const stopped = (await recordOf(world, 'policy.verdict')).filter(({ body }) => body.consequence === 'quarantine');
  // The last one first: most decisions are about what was stopped just now.
  const verdict = stopped.toReversed()[what.which % Math.max(stopped.length, 1)];
  if (verdict === undefined) return;
  for (const how of what.hows) {
    world.trace(`officer: ${how} record ${String(verdict.body.of)} by verdict ${String(verdict.position)}`);
    // A full disk, or the end of the process: it was not decided.
    recorder.append([draftOf(how, verdict, world.clock)]).catch(() => undefined);
  }
}

function draftOf(how: Decision, { body, position: verdict }: EntryOf<'policy.verdict'>, clock: Clock): Draft {
  const at = clock.now();
  const source = { system: 'gatehouse', id: `${how}/${String(verdict)}`, sure: true };
  const { of, content } = body;
  if (how === 'expired') return { kind: 'policy.expired', at, source, body: { of, verdict } };
  return { kind: `policy.${how}`, at, source, body: { of, verdict, content, by: officer } };
}
