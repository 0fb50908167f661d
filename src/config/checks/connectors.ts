/** Connectors: known types, each id once, settings that their own type accepts. */
import { z } from 'zod';
import { nearest } from '../../core/nearest.ts';
import { exampleConfig } from '../example.ts';
import type { ConnectorTypes } from '../config.ts';
import type { ConnectorSettings } from '../connector-settings.ts';
import type { ConfigProblem } from '../problem.ts';
import type { ParsedConfig } from '../schema.ts';
import { issueWords, toProblems } from '../zod-problems.ts';

export function checkConnectors(config: ParsedConfig, types: ConnectorTypes): readonly ConfigProblem[] {
  const each = config.connectors.flatMap((connector, i) => [
    ...sameId(config, connector, i),
    ...checkType(connector, i, types),
    ...checkSettings(connector, i, types),
    ...checkPublicUrl(config, connector, types),
  ]);
  return [...each, ...wholeWebhook(config)];
}

/** Whoever copies the address that a provider was given: the path of the webhook is put behind `publicUrl`. */
function wholeWebhook({ publicUrl }: ParsedConfig): readonly ConfigProblem[] {
  const [before = '', connector] = publicUrl?.split(/\/webhooks(?:\/|$)/u) ?? [];
  if (connector === undefined) return [];
  const message = 'is the address of one webhook';
  return [{ path: 'publicUrl', message, fix: `write what stands before it: publicUrl: ${before}` }];
}

function sameId(config: ParsedConfig, connector: ConnectorSettings, i: number): readonly ConfigProblem[] {
  const first = config.connectors.findIndex((other) => other.id === connector.id);
  if (first === i) return [];
  const path = `connectors[${String(i)}].id`;
  return [
    { path, message: `${connector.id} is the id of connectors[${String(first)}] too`, fix: 'give it another id' },
  ];
}

function checkType(connector: ConnectorSettings, i: number, types: ConnectorTypes): readonly ConfigProblem[] {
  if (types.has(connector.type)) return [];
  const known = [...types.keys()];
  const meant = nearest(connector.type, known);
  const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
  const message = `this version has no connector of type ${connector.type}${hint}`;
  return [{ path: `connectors[${String(i)}].type`, message, fix: `write one of: ${known.join(', ')}` }];
}

function checkSettings(connector: ConnectorSettings, i: number, types: ConnectorTypes): readonly ConfigProblem[] {
  const schema = types.get(connector.type)?.schema;
  const checked = schema?.safeParse(connector.reveal(), { error: issueWords });
  if (schema === undefined || checked === undefined || checked.success) return [];
  const see = `how to set up ${connector.type}: docs/networks.md leads there; a package of others has a README`;
  const example = { value: exampleConfig, see };
  return toProblems(checked.error.issues, { base: ['connectors', i], known: settingsOf(schema), example });
}

/** Said for each connector, with the lines that would be deaf: one address serves them all. */
function checkPublicUrl(
  { publicUrl, lines, homeserver }: ParsedConfig,
  connector: ConnectorSettings,
  types: ConnectorTypes,
): readonly ConfigProblem[] {
  const { id, type } = connector;
  const needs = types.get(type)?.needsPublicUrl?.(connector.reveal()) === true;
  if (!needs || publicUrl !== undefined) return [];
  const deaf = lines.filter((line) => line.connector === id).map(({ name }) => name);
  const whose = deaf.length === 0 ? '' : ` for ${deaf.length === 1 ? 'the line' : 'the lines'} ${deaf.join(', ')}`;
  const example = `https://gatehouse.${homeserver.domain}`;
  const message = `is missing: the provider of connector ${id} (${type}) calls there${whose}`;
  const fix =
    `write the https address at which the internet reaches the webhooks listener, like: publicUrl: ${example}; ` +
    `the provider then calls ${example}/webhooks/${id}`;
  return [{ path: 'publicUrl', message, fix }];
}

/** The keys that a connector's own schema knows, beside those of every connector. */
function settingsOf(schema: z.ZodType): readonly string[] {
  const { properties } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return ['id', 'type', ...Object.keys(properties ?? {})];
}
