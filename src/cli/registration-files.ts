/** The two files that Synapse is given, and the samples of them that the repository shows. */
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { NetworkId } from '../core/ids.ts';
import { archiveRegistration, bridgeRegistration, registrationYaml } from '../matrix/registrations.ts';

export const BRIDGE_FILE = 'registration.yaml';
export const ARCHIVE_FILE = 'registration.archive.yaml';

export interface RegistrationInput {
  readonly domain: string;
  readonly reachUsAt: { readonly bridge: string; readonly archive: string };
  readonly tokens: { readonly bridge: Pair; readonly archive: Pair };
  readonly networks: readonly NetworkId[];
}
interface Pair {
  readonly as: string;
  readonly hs: string;
}

export interface RegistrationFile {
  readonly name: string;
  readonly text: string;
}

export function registrationFiles(input: RegistrationInput): readonly RegistrationFile[] {
  const { domain, reachUsAt, tokens } = input;
  const protocols = [...new Set(input.networks)];
  const bridge = bridgeRegistration({ domain, url: reachUsAt.bridge, tokens: tokens.bridge, protocols });
  const archive = archiveRegistration({ domain, url: reachUsAt.archive, tokens: tokens.archive });
  return [
    { name: BRIDGE_FILE, text: registrationYaml(bridge) },
    { name: ARCHIVE_FILE, text: registrationYaml(archive) },
  ];
}

const PLACEHOLDER = 'made-by-gatehouse-init';

/** What the repository shows: everything but tokens. */
export function sampleRegistrations(networks: readonly NetworkId[]): readonly RegistrationFile[] {
  const tokens = { as: `as-token-${PLACEHOLDER}`, hs: `hs-token-${PLACEHOLDER}` };
  const input: RegistrationInput = {
    domain: 'acme.example',
    reachUsAt: { bridge: 'http://127.0.0.1:9701', archive: 'http://127.0.0.1:9702' },
    tokens: { bridge: tokens, archive: { as: `archive-${tokens.as}`, hs: `archive-${tokens.hs}` } },
    networks,
  };
  const head = '# A sample. gatehouse init writes the real one, with tokens that only you and Synapse know.\n';
  return registrationFiles(input).map(({ name, text }) => ({ name, text: head + text }));
}

const withToken = z.object({ as_token: z.string() });

/** A sample may be overwritten; the file that Synapse uses may not. */
export function isSample(path: string): boolean {
  if (!existsSync(path)) return false;
  try {
    const read = withToken.safeParse(parse(readFileSync(path, 'utf8')));
    return read.success && read.data.as_token.endsWith(PLACEHOLDER);
  } catch {
    return false;
  }
}
