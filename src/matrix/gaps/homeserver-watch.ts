/** What is known of the homeserver's deliveries, put together: its history, its stream, signs that it was restarted. */
import type { Clock } from '../../core/clock.ts';
import type { ClassId } from '../../core/ids.ts';
import type { TrialGround } from '../../core/ports/presend.ts';
import type { Deliveries, Pushing } from '../../core/ports/pushing.ts';
import type { RoomHistory } from '../../core/ports/room-history.ts';
import type { Actors } from '../actors.ts';
import type { PingResult, Service } from '../ping.ts';
import { Arrivals } from './arrivals.ts';
import { BarrierRoom } from './barrier-room.ts';
import { DeliveryWatch } from './delivery-watch.ts';
import { HomeserverClock } from './homeserver-clock.ts';
import { keepConnectionOpen } from './open-connection.ts';
import { RestartSigns } from './restart-signs.ts';
import { adminHistory, ownHistory } from './room-history.ts';

export interface HomeserverWatchOptions {
  readonly url: string;
  readonly bridgeToken: string;
  readonly archiveToken: string | undefined;
  /** Of a server admin; without it only the rooms of our own bots can be looked at. */
  readonly adminToken: string | undefined;
  readonly actors: Actors;
  /** Of an entry until a projection knows better. */
  readonly class: ClassId;
  readonly clock: Clock;
}

export class HomeserverWatch {
  readonly history: RoomHistory;
  readonly deliveries: Deliveries;
  readonly pushing: Pushing;
  readonly signs = new RestartSigns();
  readonly #watch: DeliveryWatch;
  readonly #arrivals: Arrivals;
  readonly #time: HomeserverClock;
  readonly #barrier: BarrierRoom;
  readonly #options: HomeserverWatchOptions;
  readonly #next = { bridge: Promise.withResolvers<undefined>(), archive: Promise.withResolvers<undefined>() };

  constructor(options: HomeserverWatchOptions) {
    const { actors, clock } = options;
    this.#options = options;
    this.#time = new HomeserverClock(clock);
    this.#arrivals = new Arrivals(clock, this.#time);
    this.#barrier = new BarrierRoom(actors);
    this.#watch = new DeliveryWatch({ barrier: this.#barrier, arrivals: this.#arrivals, clock });
    this.deliveries = this.#watch;
    this.pushing = this.#watch;
    this.history = historyOf(options);
    this.trialGround = groundOf(this.#barrier, actors);
  }

  /** Where nobody but @archivist is. */
  readonly trialGround: TrialGround;

  /** A transaction of the homeserver is here, and nothing of it is on record. */
  brings(service: Service, id: string): void {
    this.signs.transaction(service, id);
  }

  /** A transaction of the homeserver is on record. */
  took(service: Service, events: readonly unknown[]): void {
    if (service === 'archive') this.#arrivals.note(events);
    this.#next[service].resolve(undefined);
    this.#next[service] = Promise.withResolvers();
  }

  /** Resolves with the next transaction of the service that is on record. */
  brought(service: Service): Promise<undefined> {
    return this.#next[service].promise;
  }

  pinged(service: Service, result: PingResult): void {
    this.signs.pinged(service, result);
    if (service === 'archive') this.#watch.pinged(result.ok);
  }

  /** Watches the homeserver's process as far as a connection shows it, until `signal` is aborted. */
  keepWatch(signal: AbortSignal): Promise<void> {
    const { url, clock } = this.#options;
    const lost = (): void => {
      this.signs.connectionLost();
    };
    const dated = (date: string | undefined): void => {
      this.#time.said(date);
    };
    return keepConnectionOpen({ url, clock, signal, lost, dated });
  }
}

function groundOf(barrier: BarrierRoom, { compliance: outsider }: Actors): TrialGround {
  return {
    outsider,
    room: () => barrier.room(),
    send: (content) => barrier.send(content),
    invite: () => barrier.intrude(outsider, 'invite'),
    join: () => barrier.intrude(outsider, 'join'),
  };
}

function historyOf(options: HomeserverWatchOptions): RoomHistory {
  const { url, bridgeToken, archiveToken, adminToken, actors } = options;
  if (adminToken !== undefined) return adminHistory(url, adminToken, options);
  const archive = [actors.archivist, actors.compliance];
  return ownHistory(
    url,
    [
      { user: actors.gatehouse, token: bridgeToken },
      ...(archiveToken === undefined ? [] : archive.map((user) => ({ user, token: archiveToken }))),
    ],
    options,
  );
}
