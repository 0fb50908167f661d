/** What the config must know of every connector type that this version has, and of those that packages bring. */
import type { ConnectorType, ConnectorTypes } from '../config/config.ts';
import { ok } from '../core/result.ts';
import { loadPackaged } from '../networks/packaged.ts';
import { connectorTypes, loadConnector } from '../networks/registry.ts';

class KnownTypes extends Map<string, ConnectorType> implements ConnectorTypes {
  async load(name: string, cwd: string): ReturnType<NonNullable<ConnectorTypes['load']>> {
    const loaded = await loadPackaged(name, cwd);
    return loaded.ok ? ok(loaded.value) : loaded;
  }
}

export async function connectorTypesOf(): Promise<ConnectorTypes> {
  const types = new KnownTypes();
  for (const name of connectorTypes) {
    const module = await loadConnector({ type: name });
    if (module.ok) types.set(name, module.value);
  }
  return types;
}
