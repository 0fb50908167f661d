/** What Synapse's module does where Gatehouse gives no judgement, tried: it must be what the config says. */
import { z } from 'zod';
import type { Config } from '../../config/config.ts';
import { presendTrials } from '../../core/ports/presend.ts';
import { broken, fine, warning, type Finding } from './finding.ts';

const saidShape = z.object({ trial: z.enum([...presendTrials, 'busy']) });
export type Trial = z.output<typeof saidShape>['trial'];

/** What the running process said of it; undefined of other lines. */
export function trialIn(line: unknown): Trial | undefined {
  return saidShape.safeParse(line).data?.trial;
}

const ID = 'presend';
const RESTART = 'and restart Synapse; docs/presend.md has it all';

/** `trial` is undefined where nothing could be tried: only a running Gatehouse is asked. */
export function checkPresendModule({ policy }: Pick<Config, 'policy'>, trial: Trial | undefined): readonly Finding[] {
  const { enabled, failOpen } = policy.presend;
  if (!enabled) return [];
  switch (trial) {
    case 'open':
    case 'closed':
      return [compared(trial === 'open', failOpen)];
    case 'not-asked':
      return [
        broken(
          ID,
          'Synapse took a message without asking Gatehouse: no rule stops messages inside the company',
          `add synapse_http_antispam to modules in homeserver.yaml, with check_event_for_spam in enabled_callbacks and without async, ${RESTART}`,
        ),
      ];
    case 'wrong-secret':
      return [
        broken(
          ID,
          'Synapse asks with a wrong secret, and is not answered',
          `let authorization_path name a file with the text of policy.presend.secret, ${RESTART}`,
        ),
      ];
    case 'elsewhere':
      return [
        broken(
          ID,
          'Synapse refused a message of ours, and Gatehouse was not asked: its module asks somewhere else',
          `set base_url to homeserver.reachUsAt.archive with /antispam, without a slash at its end, ${RESTART}`,
        ),
      ];
    default:
      return [warning(ID, 'what Synapse does without Gatehouse: not tried', again(trial))];
  }
}

function compared(isOpen: boolean, failOpen: boolean): Finding {
  const does = isOpen ? 'takes messages' : 'takes no message';
  if (isOpen === failOpen) return fine(ID, `Synapse asks before messages exist, and ${does} while Gatehouse is down`);
  const fix = `set fail_open: { check_event_for_spam: ${String(failOpen)} } in homeserver.yaml ${RESTART}`;
  return warning(ID, `Synapse ${does} while Gatehouse is down; policy.presend.failOpen is ${String(failOpen)}`, fix);
}

function again(trial: Trial | undefined): string {
  return trial === undefined ? 'run doctor while Gatehouse runs' : 'run doctor again';
}
