/** All that talks to the homeserver, with one lifetime. */
import type { Clock } from '../core/clock.ts';
import type { ClassId, Millis, RoomId, UserId } from '../core/ids.ts';
import type { Done, Homeserver } from '../core/ports/homeserver.ts';
import type { LiveEvent, LiveHomeserver } from '../core/ports/live-homeserver.ts';
import type { Log, Metrics } from '../core/ports/log.ts';
import type { Recorder } from '../core/ports/recorder.ts';
import type { HomeserverErasing } from '../core/ports/homeserver-erasing.ts';
import { Actors } from './actors.ts';
import { displayName } from './display-name.ts';
import { AdminErasing, type AdminErasingOptions } from './admin-erasing.ts';
import { startFront, type Front, type FrontOptions } from './front.ts';
import { HomeserverWatch } from './gaps/homeserver-watch.ts';
import { homeserverOf } from './homeserver.ts';
import { homeserverTime } from './homeserver-time.ts';
import { startLibrary, type Library } from './library.ts';
import { liveHomeserver } from './live.ts';
import { liveEvents } from './live-events.ts';
import type { ReadAddress } from './lookups.ts';
import { deletesByAge } from './own-retention.ts';
import { ownWords, type OwnWord } from './own-words.ts';
import { pingForever, type PingResult, type Service } from './ping.ts';
import type { Captured } from './recording.ts';
import { bridgeRegistration, type RegistrationTokens } from './registrations.ts';
import { quietSdks } from './sdk-logs.ts';
import type { SendingOptions } from './sending.ts';

interface ServiceOptions {
  readonly tokens: RegistrationTokens;
  readonly listen: { readonly host: string; readonly port: number };
}

export interface MatrixOptions extends SendingOptions {
  readonly domain: string;
  /** The homeserver's client-server API, without a trailing slash. */
  readonly url: string;
  readonly bridge: ServiceOptions;
  /** Without it internal rooms are not recorded; whoever starts us says so. `also` is answered at the same listener. */
  readonly archive?: ServiceOptions & Pick<FrontOptions, 'also'>;
  /** Of a server admin: with it the history of every room can be read. */
  readonly adminToken?: string;
  /** Networks that people search may ask for. */
  readonly protocols: readonly string[];
  /** What they type, as an address; without it, as it is written. */
  readonly readAddress?: ReadAddress;
  readonly recorder: Recorder;
  /** The class of an entry until a projection knows better. */
  readonly class: ClassId;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly onPing?: (service: Service, result: PingResult) => void;
  /** Told of what comes and goes in the bridge's rooms; never throws. */
  readonly onLive?: (events: readonly LiveEvent[]) => void;
  /** Told of each transaction's events once they are on record; never throws. */
  readonly onCaptured?: (service: Service, events: readonly Captured[]) => void;
}

export interface Matrix extends AsyncDisposable {
  /** Usable at once: sending does not need the fronts. */
  readonly homeserver: Homeserver;
  readonly live: LiveHomeserver;
  /** What is deleted there for good; absent without an admin's token. */
  readonly erasing: HomeserverErasing | undefined;
  /** Whether the homeserver says that it deletes by age itself. */
  deletesByAge(): Done<boolean>;
  /** What the homeserver has, how far it has come with bringing it, and signs that it was restarted. */
  readonly watch: Pick<HomeserverWatch, 'history' | 'deliveries' | 'pushing' | 'signs' | 'trialGround'>;
  /** What our own users said last in a room that `as` is in, whoever knows of it here. */
  ownWords(at: { readonly as: UserId; readonly room: RoomId }): Done<readonly OwnWord[]>;
  /** What a user is called; undefined where nobody tells. */
  displayName(user: UserId): Promise<string | undefined>;
  /** What time the homeserver says it is, by its clock; undefined where it doesn't tell. */
  time(): Done<Millis | undefined>;
  /** Begins to take transactions, then pings ourselves so that what waited comes at once. Call it once. */
  start(): Promise<{ readonly bridge: number; readonly archive: number | undefined }>;
  /** Takes no further transaction; what is under way is answered. `homeserver` stays usable until disposal. */
  stop(): Promise<void>;
}

export async function createMatrix(options: MatrixOptions): Promise<Matrix> {
  quietSdks(options.log);
  const { domain, url, protocols } = options;
  const { tokens } = options.bridge;
  const registration = bridgeRegistration({ domain, url: 'http://127.0.0.1', tokens, protocols });
  const { log, readAddress } = options;
  const library = await startLibrary({ domain, url, registration, log, readAddress });
  const actors = new Actors({
    domain,
    url,
    bridgeToken: tokens.as,
    archiveToken: options.archive?.tokens.as,
    ghosts: library.ghosts,
  });
  const watch = new HomeserverWatch({
    ...{ url, bridgeToken: tokens.as, archiveToken: options.archive?.tokens.as, adminToken: options.adminToken },
    ...{ actors, class: options.class, clock: options.clock },
  });
  const fronts = new Fronts(options, { library, actors, watch });
  const admin = adminOf(options);
  const erasing =
    admin === undefined ? undefined : new AdminErasing({ ...admin, domain, ...erasingOf(options, actors) });
  return {
    watch,
    erasing,
    live: liveHomeserver(actors),
    homeserver: homeserverOf(actors, {
      domain,
      clock: options.clock,
      erasing,
      ...(admin === undefined ? {} : { admin }),
      ...sendingOf(options),
    }),
    deletesByAge: () => deletesByAge(actors),
    ownWords: (at) => ownWords(actors, at),
    displayName: (user) => displayName(actors, user),
    time: () => homeserverTime(url),
    start: () => fronts.start(),
    stop: () => fronts.stop(),
    [Symbol.asyncDispose]: async () => {
      await fronts.stop();
      await library[Symbol.asyncDispose]();
    },
  };
}

function adminOf({ url, adminToken: token }: MatrixOptions): { url: string; token: string } | undefined {
  return token === undefined ? undefined : { url, token };
}

function erasingOf({ clock }: MatrixOptions, actors: Actors): Pick<AdminErasingOptions, 'clock' | 'forget'> {
  return {
    clock,
    forget: (user) => {
      actors.forget(user);
    },
  };
}

function sendingOf({ echoInJournal, epochOf }: SendingOptions): SendingOptions {
  return { echoInJournal, epochOf };
}

class Fronts {
  readonly #options: MatrixOptions;
  readonly #library: Library;
  readonly #actors: Actors;
  readonly #watch: HomeserverWatch;
  readonly #ending = new AbortController();
  readonly #open: Front[] = [];
  #pings: Promise<unknown> = Promise.resolve();

  constructor(
    options: MatrixOptions,
    parts: { readonly library: Library; readonly actors: Actors; readonly watch: HomeserverWatch },
  ) {
    this.#options = options;
    this.#library = parts.library;
    this.#actors = parts.actors;
    this.#watch = parts.watch;
  }

  async start(): Promise<{ readonly bridge: number; readonly archive: number | undefined }> {
    const { bridge, archive } = this.#options;
    const { lookups } = this.#library;
    const see: NonNullable<FrontOptions['afterwards']>['see'] = (events, ephemeral) => {
      this.#library.see(events, ephemeral);
      this.#options.onLive?.(liveEvents(ephemeral));
    };
    const first = await this.#listen('bridge', bridge, { lookups, see });
    const second = archive === undefined ? undefined : await this.#listen('archive', archive);
    const services: Service[] = archive === undefined ? ['bridge'] : ['bridge', 'archive'];
    const { clock, onPing = ignore } = this.#options;
    const signal = this.#ending.signal;
    const told = (service: Service, result: PingResult): void => {
      this.#watch.pinged(service, result);
      onPing(service, result);
    };
    const brought = (service: Service): Promise<undefined> => this.#watch.brought(service);
    const pinging = { actors: this.#actors, clock, signal, brought };
    this.#pings = Promise.all([
      ...services.map((service) => pingForever(service, pinging, told)),
      this.#watch.keepWatch(signal),
    ]);
    return { bridge: first.port, archive: second?.port };
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#open.splice(0).map((front) => front.stop()));
    await this.#pings;
  }

  async #listen(
    service: Service,
    given: ServiceOptions & Pick<FrontOptions, 'also'>,
    afterwards?: FrontOptions['afterwards'],
  ): Promise<Front> {
    const { also } = given;
    const { recorder, class: klass, clock, log, metrics, onCaptured } = this.#options;
    const front = await startFront({
      service,
      listen: given.listen,
      token: given.tokens.hs,
      recorder,
      class: klass,
      clock,
      log,
      metrics,
      brings: (id) => {
        this.#watch.brings(service, id);
      },
      took: (events) => {
        this.#watch.took(service, events);
      },
      captured: (events) => {
        onCaptured?.(service, events);
      },
      ...(afterwards !== undefined && { afterwards }),
      ...(also !== undefined && { also }),
    });
    this.#open.push(front);
    return front;
  }
}

function ignore(): void {
  // Nobody asked to hear the pings.
}
