/** What the config must know of every connector type that this version has. */
import type { ConnectorType, ConnectorTypes } from '../config/config.ts';
import { connectorTypes, loadConnector } from '../networks/registry.ts';

export async function connectorTypesOf(): Promise<ConnectorTypes> {
  const types = new Map<string, ConnectorType>();
  for (const name of connectorTypes) {
    const module = await loadConnector(name);
    if (module.ok) types.set(name, { network: module.value.network, schema: module.value.schema });
  }
  return types;
}
