/** The whole config file (DESIGN 10), section by section. */
import { webAddress } from './values/web-address.ts';
import { secretSchema, type SecretReader } from './secret-reader.ts';
import { connectorsSection } from './schema/connectors.ts';
import { desksSection } from './schema/desks.ts';
import { homeserverSection } from './schema/homeserver.ts';
import { linesSection } from './schema/lines.ts';
import { anchorsSection, backupSection, feedsSection, mediaSection } from './schema/outflows.ts';
import { archiveSection, policySection, retentionSection } from './schema/oversight.ts';
import { groupsSection } from './schema/people.ts';
import { dataSection, databaseSection, keysSection, listenSection } from './schema/storage.ts';
import { section } from './section.ts';
import type { z } from 'zod';

/** Secrets are read with `read` as they are met, so that a missing one is an error at its own path. */
export function configSchema(read: SecretReader) {
  const secret = secretSchema(read);
  return section({
    homeserver: homeserverSection(secret),
    data: dataSection,
    database: databaseSection(secret).optional(),
    keys: keysSection,
    listen: listenSection,
    publicUrl: webAddress.optional().describe('What providers call; signatures are checked against it.'),
    groups: groupsSection,
    connectors: connectorsSection(read),
    lines: linesSection,
    desks: desksSection,
    archive: archiveSection,
    policy: policySection(secret),
    retention: retentionSection,
    anchors: anchorsSection,
    feeds: feedsSection(secret),
    media: mediaSection,
    backup: backupSection,
  });
}

/** The config as the file writes it. */
export type ConfigInput = z.input<ReturnType<typeof configSchema>>;
/** The config with every value checked and parsed, before people, lines and connectors are joined. */
export type ParsedConfig = z.output<ReturnType<typeof configSchema>>;
