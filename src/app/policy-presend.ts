/** How pre-send does, and the trial of Synapse's module: joined to whoever tells of it. */
import type { Warnings } from '../bridge/bridge-deps.ts';
import { kindOfUser } from '../bridge/people/our-users.ts';
import type { PresendStatus } from '../core/ports/health.ts';
import type { PresendTried } from '../core/ports/presend.ts';
import type { Matrix } from '../matrix/matrix.ts';
import type { Captured } from '../matrix/recording.ts';
import type { Service } from '../matrix/ping.ts';
import { PresendTrials } from '../policy/presend/presend-trials.ts';
import { PresendWatch } from '../policy/presend/presend-watch.ts';
import type { AppSetting } from './setting.ts';

export class PresendDoor {
  readonly watch: PresendWatch;
  readonly #trials = new PresendTrials();

  constructor({ config, clock }: Pick<AppSetting, 'config' | 'clock'>, warnings: Warnings) {
    const { domain } = config.homeserver;
    this.watch = new PresendWatch({
      ...{ clock, warnings, trials: this.#trials },
      isAskedAbout: (user) => kindOfUser(user, domain) === 'local',
    });
  }

  captured(service: Service, events: readonly Captured[]): void {
    if (service === 'archive') this.watch.captured(events);
  }

  status(): PresendStatus {
    return this.watch.status();
  }

  try({ trialGround }: Pick<Matrix['watch'], 'trialGround'>): Promise<PresendTried | 'busy'> {
    return this.#trials.run(trialGround);
  }
}
