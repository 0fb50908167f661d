/**
 * The two registrations (DESIGN 9). Bridge: acts as ghosts and `@gatehouse`. Archive: sees every local room, and has no
 * power to act as anyone but its own two bots. Both senders are names only: Synapse lets no sender use /sync.
 */
import { stringify } from 'yaml';

export const BRIDGE_ID = 'gatehouse-bridge';
export const ARCHIVE_ID = 'gatehouse-archive';

export interface RegistrationTokens {
  /** We show it to the homeserver. */
  readonly as: string;
  /** The homeserver shows it to us. */
  readonly hs: string;
}

export interface RegistrationOptions {
  readonly domain: string;
  /** Where Synapse reaches this service: `http://127.0.0.1:9701`. */
  readonly url: string;
  readonly tokens: RegistrationTokens;
}

interface Namespace {
  readonly regex: string;
  readonly exclusive: boolean;
}

/** A registration as an object; `registrationYaml` writes it. */
export interface Registration {
  readonly id: string;
  readonly url: string;
  readonly as_token: string;
  readonly hs_token: string;
  readonly sender_localpart: string;
  readonly rate_limited: false;
  readonly protocols?: readonly string[];
  readonly receive_ephemeral?: true;
  readonly 'de.sorunome.msc2409.push_ephemeral'?: true;
  readonly namespaces: {
    readonly users: readonly Namespace[];
    readonly aliases: readonly Namespace[];
    readonly rooms: readonly Namespace[];
  };
}

/** `@gatehouse` is not exclusive: Synapse keeps exclusive users out of people search. */
export function bridgeRegistration(
  options: RegistrationOptions & { readonly protocols: readonly string[] },
): Registration {
  return {
    id: BRIDGE_ID,
    url: options.url,
    as_token: options.tokens.as,
    hs_token: options.tokens.hs,
    sender_localpart: '_gatehouse_bridge',
    rate_limited: false,
    protocols: options.protocols,
    // Synapse 1.156 and later read the first name, earlier ones the second.
    receive_ephemeral: true,
    'de.sorunome.msc2409.push_ephemeral': true,
    namespaces: {
      users: [
        { regex: `@_gh_.*:${escaped(options.domain)}$`, exclusive: true },
        { regex: `@gatehouse:${escaped(options.domain)}$`, exclusive: false },
      ],
      aliases: [],
      rooms: [],
    },
  };
}

export function archiveRegistration(options: RegistrationOptions): Registration {
  return {
    id: ARCHIVE_ID,
    url: options.url,
    as_token: options.tokens.as,
    hs_token: options.tokens.hs,
    sender_localpart: '_gatehouse_archive',
    rate_limited: false,
    namespaces: {
      users: [
        { regex: `@compliance:${escaped(options.domain)}$`, exclusive: false },
        { regex: `@archivist:${escaped(options.domain)}$`, exclusive: false },
      ],
      // Synapse lets an appservice give a room only an alias of its namespace, and a desk's room has the one that the
      // config names. Not exclusive: everybody else may use any alias as before.
      aliases: [{ regex: `#.*:${escaped(options.domain)}$`, exclusive: false }],
      rooms: [{ regex: '!.*', exclusive: false }],
    },
  };
}

/** The file for `app_service_config_files`. It holds secrets: 0600. */
export function registrationYaml(registration: Registration): string {
  return stringify(registration, { lineWidth: 0 });
}

/** Synapse matches with Python's `re.match`, which is anchored at the start only; hence the `$` of each pattern. */
function escaped(domain: string): string {
  return domain.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`);
}
