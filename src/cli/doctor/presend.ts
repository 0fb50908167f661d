/** What Synapse's module does where Gatehouse gives no judgement, tried: it must be what the config says. */
import { z } from 'zod';
import type { Config } from '../../config/config.ts';
import { presendTrials, type PresendTrial, type TriedCallback } from '../../core/ports/presend.ts';
import { broken, fine, warning, type Finding } from './finding.ts';

const trialShape = z.enum([...presendTrials]);
const triedShape = z.object({
  check_event_for_spam: trialShape,
  user_may_invite: trialShape,
  user_may_join_room: trialShape,
} satisfies Record<TriedCallback, unknown>);
const saidShape = z.object({ trial: z.union([z.literal('busy'), triedShape]) });
export type Trial = z.output<typeof saidShape>['trial'];

/** What the running process said of it; undefined of other lines. */
export function trialIn(line: unknown): Trial | undefined {
  return saidShape.safeParse(line).data?.trial;
}

const ID = 'presend';
const RESTART = 'and restart Synapse; docs/presend.md has it all';

/** What Synapse does about each while nobody judges. */
const OPEN: Readonly<Record<TriedCallback, string>> = {
  check_event_for_spam: 'takes messages',
  user_may_invite: 'takes invitations',
  user_may_join_room: 'lets people join rooms',
};
const CLOSED: Readonly<Record<TriedCallback, string>> = {
  check_event_for_spam: 'takes no message',
  user_may_invite: 'takes no invitation',
  user_may_join_room: 'lets nobody join a room',
};

/** `trial` is undefined where nothing could be tried: only a running Gatehouse is asked. */
export function checkPresendModule({ policy }: Pick<Config, 'policy'>, trial: Trial | undefined): readonly Finding[] {
  const { enabled, failOpen } = policy.presend;
  if (!enabled) return [];
  if (trial === undefined || trial === 'busy') return [notTried(trial)];
  const messages = checkMessages(trial.check_event_for_spam, failOpen);
  const members = (['user_may_invite', 'user_may_join_room'] as const)
    // What is wrong with all of them is said once.
    .filter((callback) => trial[callback] !== trial.check_event_for_spam || isMode(trial[callback]))
    .flatMap((callback) => checkMembers(callback, trial[callback], policy));
  return [messages, ...members];
}

function isMode(trial: PresendTrial): trial is 'open' | 'closed' {
  return trial === 'open' || trial === 'closed';
}

function checkMessages(trial: PresendTrial, failOpen: boolean): Finding {
  switch (trial) {
    case 'open':
    case 'closed':
      return compared('check_event_for_spam', trial, failOpen);
    case 'not-asked':
      return broken(
        ID,
        'Synapse took a message without asking Gatehouse: no rule stops messages inside the company',
        `add synapse_http_antispam to modules in homeserver.yaml, with check_event_for_spam in enabled_callbacks and without async, ${RESTART}`,
      );
    case 'wrong-secret':
      return broken(
        ID,
        'Synapse asks with a wrong secret, and is not answered',
        `let authorization_path name a file with the text of policy.presend.secret, ${RESTART}`,
      );
    case 'elsewhere':
      return broken(
        ID,
        'Synapse refused a message of ours, and Gatehouse was not asked: its module asks somewhere else',
        `set base_url to homeserver.reachUsAt.archive with /antispam, without a slash at its end, ${RESTART}`,
      );
    case 'unclear':
      return notTried(trial);
  }
}

/** Only barriers have a say in who comes in: without one it need not be asked about. */
function checkMembers(
  callback: 'user_may_invite' | 'user_may_join_room',
  trial: PresendTrial,
  { presend, barriers }: Config['policy'],
): readonly Finding[] {
  if (isMode(trial)) return [compared(callback, trial, presend.failOpen)];
  if (trial !== 'not-asked') return [notTried(trial)];
  if (barriers.length === 0) return [];
  const fix = `add ${callback} to enabled_callbacks in homeserver.yaml ${RESTART}`;
  return [broken(ID, `Synapse ${OPEN[callback]} without asking Gatehouse: no barrier stops that`, fix)];
}

function compared(callback: TriedCallback, trial: 'open' | 'closed', failOpen: boolean): Finding {
  const isOpen = trial === 'open';
  const does = isOpen ? OPEN[callback] : CLOSED[callback];
  if (isOpen === failOpen) return fine(ID, `Synapse asks first, and ${does} while Gatehouse is down`);
  const fix = `set fail_open: { ${callback}: ${String(failOpen)} } in homeserver.yaml ${RESTART}`;
  return warning(ID, `Synapse ${does} while Gatehouse is down; policy.presend.failOpen is ${String(failOpen)}`, fix);
}

function notTried(trial: PresendTrial | 'busy' | undefined): Finding {
  const again = trial === undefined ? 'run doctor while Gatehouse runs' : 'run doctor again';
  return warning(ID, 'what Synapse does without Gatehouse: not tried', again);
}
