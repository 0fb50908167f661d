/** The connector types that this program knows, by the name used in the config. A type is loaded when it is first asked for. */
import { err, ok, type Result } from '../core/result.ts';
import type { AnyConnectorModule } from './contract.ts';

const known: Readonly<Record<string, () => Promise<AnyConnectorModule>>> = {
  smpp: async () => (await import('./smpp/smpp.ts')).smpp,
};

/** The names that `type` may have. */
export const connectorTypes: readonly string[] = Object.keys(known);

/** @returns the module, or what to tell the admin about a type that doesn't exist. */
export async function loadConnector(type: string): Promise<Result<AnyConnectorModule, string>> {
  const load = Object.hasOwn(known, type) ? known[type] : undefined;
  if (load === undefined) return err(`unknown connector type "${type}"; known types: ${connectorTypes.join(', ')}`);
  return ok(await load());
}
