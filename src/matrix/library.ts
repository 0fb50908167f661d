/**
 * matrix-appservice-bridge, for ghosts and third-party lookups. It listens on nothing: our front takes the transactions
 * and shows it the events after the commit (DESIGN 9).
 */
import { AppService, AppServiceRegistration, Bridge, type Intent } from 'matrix-appservice-bridge';
import { MatrixError, type MatrixClient } from '@vector-im/matrix-bot-sdk';
import type { UserId } from '../core/ids.ts';
import { isJsonObject } from '../core/json.ts';
import type { Log } from '../core/ports/log.ts';
import type { Afterwards } from './front.ts';
import { thirdPartyLookup, type ReadAddress } from './lookups.ts';
import type { Registration } from './registrations.ts';

/** What acts as the ghosts. */
export interface Ghosts {
  client(user: UserId): MatrixClient;
  /** Once per process and ghost it asks the homeserver; a user that exists is no error. */
  register(user: UserId): Promise<void>;
  setName(user: UserId, name: string): Promise<void>;
}

export interface Library extends AsyncDisposable {
  readonly ghosts: Ghosts;
  /** Answers `/_matrix/app/v1/thirdparty/*`; it checks the token again by itself. */
  readonly lookups: NonNullable<Afterwards['lookups']>;
  see(events: readonly unknown[], ephemeral: readonly unknown[]): void;
}

export interface LibraryOptions {
  readonly domain: string;
  readonly url: string;
  readonly registration: Registration;
  readonly log: Log;
  readonly readAddress?: ReadAddress | undefined;
}

export async function startLibrary(options: LibraryOptions): Promise<Library> {
  const { domain, registration, log, readAddress } = options;
  const appService = new AppService({ homeserverToken: registration.hs_token });
  appService.listen = (): Promise<void> => Promise.resolve();
  appService.close = (): Promise<void> => Promise.resolve();
  const bridge = new Bridge({
    domain,
    homeserverUrl: options.url,
    registration: libraryRegistration(registration),
    disableStores: true,
    // Ids of ghosts hold `=`, which the library would escape a second time.
    escapeUserIds: false,
    suppressEcho: false,
    logRequestOutcome: false,
    queue: { type: 'none', perRequest: false },
    eventValidation: {},
    controller: {
      onEvent: (request) => {
        request.resolve(undefined);
      },
      onLog: () => {
        log.debug('matrix.sdk', { module: 'bridge' });
      },
      thirdPartyLookup: thirdPartyLookup({ domain, protocols: registration.protocols ?? [], readAddress }),
    },
  });
  await bridge.run(0, appService);
  return {
    ghosts: ghostsOf(bridge),
    lookups: (request, response, next) => {
      // The library's older Express would find our getter, not set its own, and lose it with our prototype.
      Object.defineProperty(request, 'query', { value: { ...request.query }, configurable: true });
      appService.expressApp(request, response, next);
    },
    see: (events, ephemeral) => {
      show(appService, { name: 'event', items: events }, log);
      show(appService, { name: 'ephemeral', items: ephemeral }, log);
    },
    [Symbol.asyncDispose]: () => bridge.close(),
  };
}

function ghostsOf(bridge: Bridge): Ghosts {
  const intent = (user: UserId): Intent => bridge.getIntent(user);
  return {
    client: (user) => intent(user).matrixClient,
    register: async (user) => {
      await intent(user).ensureRegistered();
    },
    setName: async (user, name) => {
      // Setting the name it has already would make Synapse go through all its rooms.
      try {
        await intent(user).ensureProfile(name);
      } catch (error) {
        // One that was let in again has no profile at all.
        if (!(error instanceof MatrixError && error.errcode === 'M_NOT_FOUND')) throw error;
        await intent(user).setDisplayName(name);
      }
    },
  };
}

function libraryRegistration(registration: Registration): AppServiceRegistration {
  return AppServiceRegistration.fromObject({
    id: registration.id,
    url: registration.url,
    as_token: registration.as_token,
    hs_token: registration.hs_token,
    sender_localpart: registration.sender_localpart,
    rate_limited: registration.rate_limited,
    protocols: [...(registration.protocols ?? [])],
    namespaces: {
      users: [...registration.namespaces.users],
      aliases: [...registration.namespaces.aliases],
      rooms: [...registration.namespaces.rooms],
    },
  });
}

/** Calls the library's listeners one by one, since `emit` would lose the rejections of its asynchronous ones. */
function show(
  appService: AppService,
  what: { readonly name: 'event' | 'ephemeral'; readonly items: readonly unknown[] },
  log: Log,
): void {
  const failed = (error: unknown): void => {
    log.warn('matrix.library-failed', { what: what.name, error: error instanceof Error ? error.name : 'unknown' });
  };
  for (const item of what.items.filter(isJsonObject)) {
    for (const listener of appService.listeners(what.name)) {
      Promise.resolve()
        .then((): unknown => Reflect.apply(listener, appService, [item]))
        .catch(failed);
    }
  }
}
