/** Retention: classes that exist, none that hides a built-in one, and assignments to what the config knows. */
import { nearest } from '../../core/nearest.ts';
import type { ConnectorTypes } from '../config.ts';
import type { ConfigProblem } from '../problem.ts';
import { presetNames } from '../retention-presets.ts';
import type { ParsedConfig } from '../schema.ts';
import { knownClass } from './lines.ts';

type Assigned = ParsedConfig['retention']['assign'][number];

/** As in ids: what a header can carry. */
const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/u;

export function checkRetention(config: ParsedConfig, types: ConnectorTypes): readonly ConfigProblem[] {
  const { retention } = config;
  return [
    ...knownClass(config, retention.default, 'retention.default'),
    ...Object.keys(retention.classes).flatMap(checkName),
    ...retention.assign.flatMap((one, i) => checkAssigned(one, `retention.assign[${String(i)}]`, { config, types })),
  ];
}

function checkName(name: string): readonly ConfigProblem[] {
  const path = `retention.classes.${name}`;
  if (presetNames.includes(name)) {
    return [{ path, message: `${name} is a built-in class and can't be changed`, fix: 'give yours another name' }];
  }
  const fix = 'use lower-case letters, digits and -, for example deals-7y';
  return NAME.test(name) ? [] : [{ path, message: `${name.slice(0, 80)} is no name for a class`, fix }];
}

interface Known {
  readonly config: ParsedConfig;
  readonly types: ConnectorTypes;
}

function checkAssigned(one: Assigned, path: string, { config, types }: Known): readonly ConfigProblem[] {
  const networks = config.connectors.flatMap((one) => types.get(one.type)?.networkOf(one.reveal()) ?? []);
  const lines = config.lines.map(({ id }) => id);
  return [
    ...knownClass(config, one.class, `${path}.class`),
    ...known(one.line, lines, { path, key: 'line', fix: 'add it under lines' }),
    ...known(one.tag, Object.keys(config.policy.tags), { path, key: 'tag', fix: 'add it under policy.tags' }),
    ...known(one.group, Object.keys(config.groups), { path, key: 'group', fix: 'add it under groups' }),
    ...known(one.network, networks, { path, key: 'network', fix: 'add a connector of it under connectors' }),
  ];
}

function known(
  name: string | undefined,
  names: readonly string[],
  at: { readonly path: string; readonly key: string; readonly fix: string },
): readonly ConfigProblem[] {
  if (name === undefined || names.includes(name)) return [];
  const meant = nearest(name, names);
  const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
  return [{ path: `${at.path}.${at.key}`, message: `there is no ${at.key} ${name}${hint}`, fix: at.fix }];
}
