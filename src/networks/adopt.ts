/**
 * Makes a connector module of what a package exports, after having looked at all of it: a package is written by others,
 * perhaps for another version of the contract.
 */
import { z } from 'zod';
import { parseNetworkId, type NetworkId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { CONTRACT_VERSION, defineConnector, type AnyConnectorModule, type ConnectorDefinition } from './contract.ts';

type Definition = ConnectorDefinition<unknown>;

function is<T>(check: (value: unknown) => boolean, words: string): z.ZodType<T> {
  return z.custom<T>(check, words);
}

const isFunction = (value: unknown): boolean => typeof value === 'function';
/** Any zod 4 schema, of whichever copy of zod. */
const isSchema = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && '_zod' in value && 'safeParse' in value;
const level = z.union([z.literal(-2), z.literal(-1), z.literal(0), z.literal(1), z.literal(2)]);

/** Every grade is given: one that is left out would be a promise that nobody made. */
const capabilities = z.looseObject({
  official: z.boolean(),
  keepsInbound: z.enum(['provider-retries', 'list-call', 'nobody']),
  sendIdentifiedBy: z.enum(['our-id', 'provider-id', 'nothing']),
  max_text_length: z.int().positive(),
  file: z.record(z.string(), z.unknown()),
  ...{ formatting: level, location_message: level, reply: level, edit: level, delete: level, reaction: level },
  ...{ delivery_receipts: level, read_receipts: level, typing_notifications: level, presence: level },
  ...{ groups: level, templates: level },
});

const exported = z.looseObject({
  type: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/u, 'small letters, digits and hyphens'),
  network: z.union([
    z.string().refine((text) => parseNetworkId(text).ok, 'the name of a network: small letters and digits'),
    is<(config: unknown) => NetworkId>(isFunction, 'the name of a network, or a function of the config'),
  ]),
  config: is<Definition['config']>(isSchema, 'a schema of zod 4'),
  facts: z.looseObject({
    title: z.string().min(1),
    most: capabilities,
    receives: z.array(z.string()),
    cannot: z.array(z.string()),
  }),
  create: is<Definition['create']>(isFunction, 'a function that makes the connector'),
  needsPublicUrl: is<Definition['needsPublicUrl']>(isFunction, 'a function of the config').optional(),
  mostOf: is<Definition['mostOf']>(isFunction, 'a function of the config').optional(),
  refusesLine: is<Definition['refusesLine']>(isFunction, 'a function of the config and an address').optional(),
  firstCall: is<Definition['firstCall']>(isFunction, 'a function of the config').optional(),
});

/** @param given the package's default export. The error names what is wrong with it. */
export function adopt(given: unknown): Result<AnyConnectorModule, string> {
  if (typeof given !== 'object' || given === null) return err('its default export is no connector');
  const version = 'apiVersion' in given ? given.apiVersion : undefined;
  if (version !== CONTRACT_VERSION) {
    const written =
      version === undefined
        ? 'does not say for which version of the contract it is'
        : `is for version ${shown(version)} of the contract`;
    return err(`it ${written}; this Gatehouse has version ${String(CONTRACT_VERSION)}`);
  }
  const parsed = exported.safeParse(given);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    return err(`its default export is no connector: ${wrong.join('; ')}`);
  }
  return isDefinition(given) ? ok(defineConnector(given)) : err('its default export is no connector');
}

function shown(version: unknown): string {
  return typeof version === 'number' || typeof version === 'string' ? String(version) : 'another';
}

/** What the schema above has looked at, as the type that it has then. */
function isDefinition(given: object): given is Definition {
  return exported.safeParse(given).success;
}
