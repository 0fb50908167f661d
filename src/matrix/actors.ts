/**
 * Our own users on the homeserver and the SDK client that acts as each: ghosts and `@gatehouse` with the bridge's token
 * through the bridge library, `@compliance` and `@archivist` with the archive's through the bot SDK.
 */
import { MatrixClient, MatrixError, MemoryStorageProvider } from '@vector-im/matrix-bot-sdk';
import { z } from 'zod';
import { isGhost } from '../core/address.ts';
import { must, parseUserId, type UserId } from '../core/ids.ts';
import type { Done } from '../core/ports/homeserver.ts';
import { err, ok } from '../core/result.ts';
import { BoundedMap } from './bounded-map.ts';
import { failureOfOurs } from './failure.ts';
import type { Ghosts } from './library.ts';

const profileShape = z.object({ displayname: z.string().optional() });

const MOST_KNOWN = 20_000;

export interface ActorsOptions {
  readonly domain: string;
  /** The homeserver's client-server API. */
  readonly url: string;
  readonly bridgeToken: string;
  /** Without it there is no archive appservice: `@compliance` then speaks with the bridge's token, which Synapse refuses. */
  readonly archiveToken: string | undefined;
  readonly ghosts: Ghosts;
}

/** How a file is asked for. */
export interface MediaAccess {
  readonly url: string;
  readonly token: string;
  readonly as: UserId;
}

interface Bot {
  readonly client: MatrixClient;
  readonly name: string;
}

export class Actors {
  readonly gatehouse: UserId;
  readonly compliance: UserId;
  readonly archivist: UserId;
  readonly #domain: string;
  readonly #ghosts: Ghosts;
  readonly #bots: ReadonlyMap<UserId, Bot>;
  readonly #services: Readonly<Record<'bridge' | 'archive', MatrixClient>>;
  readonly #media: MediaAccess;
  /** User to the display name it has. */
  readonly #ready = new BoundedMap<UserId, string>(MOST_KNOWN);

  constructor(options: ActorsOptions) {
    const { domain, url, bridgeToken, archiveToken = bridgeToken } = options;
    const bot = (localpart: string): UserId => must(parseUserId(`@${localpart}:${domain}`));
    this.#domain = domain;
    this.#ghosts = options.ghosts;
    this.gatehouse = bot('gatehouse');
    this.compliance = bot('compliance');
    this.archivist = bot('archivist');
    this.#bots = new Map<UserId, Bot>([
      [this.gatehouse, { client: options.ghosts.client(this.gatehouse), name: 'Gatehouse' }],
      [this.compliance, { client: masked(url, archiveToken, this.compliance), name: 'Compliance' }],
      [this.archivist, { client: masked(url, archiveToken, this.archivist), name: 'Archivist' }],
    ]);
    // Whoever records asks for the files; without the archive it is the bridge that records.
    this.#media =
      options.archiveToken === undefined
        ? { url, token: bridgeToken, as: this.gatehouse }
        : { url, token: options.archiveToken, as: this.archivist };
    this.#services = { bridge: plain(url, bridgeToken), archive: plain(url, archiveToken) };
  }

  isOurs(user: UserId): boolean {
    return this.#bots.has(user) || isGhost(user, this.#domain);
  }

  /** The appservice itself, as no user. */
  service(name: 'bridge' | 'archive'): MatrixClient {
    return this.#services[name];
  }

  /** The client that acts as `user`; a bot is registered and named before its first act. */
  async client(user: UserId): Done<MatrixClient> {
    const bot = this.#bots.get(user);
    if (bot === undefined) return ok(this.#ghosts.client(user));
    if (this.#ready.get(user) !== undefined) return ok(bot.client);
    try {
      await registered(bot.client, user);
      await named(bot.client, user, bot.name);
    } catch (error) {
      return err(failureOfOurs(error, true));
    }
    this.#ready.set(user, bot.name);
    return ok(bot.client);
  }

  /** The user who reads files, registered. */
  async mediaAccess(): Done<MediaAccess> {
    const reader = await this.client(this.#media.as);
    return reader.ok ? ok(this.#media) : reader;
  }

  /** Registers the ghost and gives it its name; asked for again with the same name, it does nothing. */
  async ensureGhost(user: UserId, name: string): Done<void> {
    if (this.#ready.get(user) === name) return ok(undefined);
    try {
      await this.#ghosts.register(user);
      await this.#ghosts.setName(user, name);
    } catch (error) {
      return err(failureOfOurs(error, true));
    }
    this.#ready.set(user, name);
    return ok(undefined);
  }

  /** After the homeserver said that it doesn't know the user: the next act registers it again. */
  forget(user: UserId): void {
    this.#ready.delete(user);
  }
}

function plain(url: string, token: string): MatrixClient {
  return new MatrixClient(url, token, new MemoryStorageProvider());
}

function masked(url: string, token: string, user: UserId): MatrixClient {
  const client = plain(url, token);
  client.impersonateUserId(user);
  return client;
}

/** Application service API, "Server admin style permissions": an appservice registers users of its own namespace. */
async function registered(client: MatrixClient, user: UserId): Promise<void> {
  const username = user.slice(1, user.indexOf(':'));
  const body = { type: 'm.login.application_service', username, inhibit_login: true };
  try {
    await client.doRequest('POST', '/_matrix/client/v3/register', null, body);
  } catch (error) {
    if (!(error instanceof MatrixError && error.errcode === 'M_USER_IN_USE')) throw error;
  }
}

/** Setting the name that it has already would make Synapse go through all its rooms. */
async function named(client: MatrixClient, user: UserId, name: string): Promise<void> {
  const profile = profileShape.safeParse(await client.getUserProfile(user));
  if (!profile.success || profile.data.displayname !== name) await client.setDisplayName(name);
}
