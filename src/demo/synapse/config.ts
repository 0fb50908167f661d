/** The homeserver.yaml of a Synapse on this machine that talks to nobody else. */
import path from 'node:path';
import { stringify } from 'yaml';

export interface SynapseConfig {
  readonly dir: string;
  readonly port: number;
  readonly domain: string;
  /** Paths of registration files. */
  readonly registrations: readonly string[];
  /** Lets new accounts be made with it over the loopback interface. */
  readonly registrationSecret: string;
  /** False lifts every limit, so that tests are not slowed down. */
  readonly rateLimits: boolean;
  /** Gatehouse is asked before a message exists. */
  readonly presend?: PresendModule;
}

export interface PresendModule {
  /** Where Gatehouse's archive listener is, without a path. */
  readonly url: string;
  /** File that holds `policy.presend.secret`. */
  readonly secretFile: string;
  /** As `policy.presend.failOpen`. */
  readonly failOpen: boolean;
}

/** A list left out asks for every callback there is, each a request. */
const ASKED = ['check_event_for_spam', 'user_may_invite', 'user_may_join_room'];

/** What docs/presend.md says to add to homeserver.yaml. */
function modules({ url, secretFile, failOpen }: PresendModule): object {
  return {
    modules: [
      {
        module: 'synapse_http_antispam.HTTPAntispam',
        config: {
          base_url: `${url}/antispam`,
          authorization_path: secretFile,
          enabled_callbacks: ASKED,
          fail_open: Object.fromEntries(ASKED.map((callback) => [callback, failOpen])),
          do_ping: true,
        },
      },
    ],
  };
}

const OFF = { per_second: 9999, burst_count: 9999 };

/** Names from Synapse's own test image (docker/complement/conf/workers-shared-extra.yaml.j2). */
const NO_RATE_LIMITS = {
  rc_message: OFF,
  rc_registration: OFF,
  rc_login: { address: OFF, account: OFF, failed_attempts: OFF },
  rc_admin_redaction: OFF,
  rc_joins: { local: OFF, remote: OFF },
  rc_joins_per_room: OFF,
  rc_invites: { per_room: OFF, per_user: OFF, per_issuer: OFF },
  rc_room_creation: OFF,
  rc_user_directory: OFF,
  rc_presence: { per_user: OFF },
  rc_media_create: OFF,
  rc_reports: OFF,
};

/** A person types in the demo: enough for that, still a limit. */
const DEMO_RATE_LIMITS = { rc_message: { per_second: 5, burst_count: 50 }, rc_login: NO_RATE_LIMITS.rc_login };

export function homeserverYaml(config: SynapseConfig): string {
  const inDir = (name: string): string => path.join(config.dir, name);
  return stringify({
    server_name: config.domain,
    pid_file: inDir('homeserver.pid'),
    public_baseurl: `http://127.0.0.1:${String(config.port)}/`,
    report_stats: false,
    signing_key_path: inDir('signing.key'),
    log_config: inDir('log.yaml'),
    trusted_key_servers: [],
    macaroon_secret_key: config.registrationSecret,
    form_secret: config.registrationSecret,
    registration_shared_secret: config.registrationSecret,
    enable_registration: false,
    bcrypt_rounds: 4,
    listeners: [
      {
        port: config.port,
        bind_addresses: ['127.0.0.1'],
        type: 'http',
        tls: false,
        resources: [{ names: ['client'], compress: false }],
      },
    ],
    database: { name: 'sqlite3', args: { database: inDir('homeserver.db') } },
    media_store_path: inDir('media'),
    app_service_config_files: config.registrations,
    federation_domain_whitelist: [],
    url_preview_enabled: false,
    presence: { enabled: true },
    experimental_features: { msc2409_to_device_messages_enabled: true, msc3202_transaction_extensions: true },
    caches: { sync_response_cache_duration: 0 },
    ...(config.rateLimits ? DEMO_RATE_LIMITS : NO_RATE_LIMITS),
    ...(config.presend === undefined ? {} : modules(config.presend)),
  });
}

export function logYaml(dir: string): string {
  return stringify({
    version: 1,
    formatters: { plain: { format: '%(asctime)s %(levelname)s %(name)s %(message)s' } },
    handlers: {
      file: { class: 'logging.FileHandler', formatter: 'plain', filename: path.join(dir, 'homeserver.log') },
    },
    root: { level: 'WARNING', handlers: ['file'] },
    // It logs the whole event, text included, whenever Gatehouse doesn't answer.
    loggers: { synapse_http_antispam: { level: 'CRITICAL' } },
    disable_existing_loggers: false,
  });
}
