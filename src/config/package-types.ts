/** The connector types that a config's packages bring: loaded before anything of the config is checked by them. */
import type { ConnectorType, ConnectorTypes } from './config.ts';
import type { ConnectorSettings } from './connector-settings.ts';
import type { ConfigProblem } from './problem.ts';

export interface WithPackages {
  readonly types: ConnectorTypes;
  readonly faults: readonly ConfigProblem[];
}

/**
 * A connector names its package by `package`, or by `type` where that is none of ours. A `type` that is neither is left to
 * the check of types, which knows what was meant.
 */
export async function withPackages(
  connectors: readonly ConnectorSettings[],
  cwd: string,
  known: ConnectorTypes,
): Promise<WithPackages> {
  const types = new Map(known);
  const brought = new Map<string, string>();
  const faults: ConfigProblem[] = [];
  for (const [i, connector] of connectors.entries()) {
    const wanted = wantedBy(connector, known);
    if (wanted === undefined) continue;
    const got = await typeOf(wanted, { cwd, known, brought });
    if ('type' in got) {
      types.set(connector.type, got.type);
      brought.set(connector.type, wanted.package);
    } else if (got.fault !== undefined) {
      faults.push({ path: `connectors[${String(i)}].${wanted.key}`, ...got.fault });
    }
  }
  return { types, faults };
}

interface Wanted {
  readonly package: string;
  readonly key: 'package' | 'type';
  readonly type: string;
}

function wantedBy({ type, package: name }: ConnectorSettings, known: ConnectorTypes): Wanted | undefined {
  if (name !== undefined) return { package: name, key: 'package', type };
  return known.has(type) ? undefined : { package: type, key: 'type', type };
}

interface Around {
  readonly cwd: string;
  readonly known: ConnectorTypes;
  readonly brought: ReadonlyMap<string, string>;
}
type Got = { readonly type: ConnectorType } | { readonly fault: Omit<ConfigProblem, 'path'> | undefined };

async function typeOf(wanted: Wanted, { cwd, known, brought }: Around): Promise<Got> {
  const clash = clashOf(wanted, known, brought);
  if (clash !== undefined) return { fault: clash };
  const loaded = await known.load?.(wanted.package, cwd);
  if (loaded === undefined) return { fault: undefined };
  if (!loaded.ok) {
    const { why, message, fix } = loaded.error;
    // `type: smmp` is rather a slip than a package.
    const slip = why === 'not-installed' && wanted.key === 'type' && !/[/@]|connector/u.test(wanted.package);
    return { fault: slip ? undefined : { message, fix } };
  }
  const { type } = loaded.value;
  if (wanted.key === 'type' || wanted.type === type) return { type: loaded.value };
  return { fault: { message: `brings the type ${type}, not ${wanted.type}`, fix: `write type: ${type}` } };
}

function clashOf({ type, package: name, key }: Wanted, known: ConnectorTypes, brought: ReadonlyMap<string, string>) {
  if (key === 'package' && known.has(type)) {
    return { message: `${type} is a type of Gatehouse's own`, fix: 'leave package out' };
  }
  const other = brought.get(type);
  if (other === undefined || other === name) return undefined;
  return { message: `the type ${type} comes from ${other} already`, fix: 'use one package for a type' };
}
