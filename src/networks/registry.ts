/** The connector types that this program knows, by the name used in the config. A type is loaded when it is first asked for. */
import { err, ok, type Result } from '../core/result.ts';
import type { AnyConnectorModule } from './contract.ts';
import { loadPackaged } from './packaged.ts';

const known: Readonly<Record<string, () => Promise<AnyConnectorModule>>> = {
  'android-sms-gateway': async () => (await import('./android/android.ts')).android,
  'signal-cli': async () => (await import('./signal/signal.ts')).signal,
  smpp: async () => (await import('./smpp/smpp.ts')).smpp,
  telegram: async () => (await import('./telegram/telegram.ts')).telegram,
  twilio: async () => (await import('./twilio/twilio.ts')).twilio,
  http: async () => (await import('./http/http.ts')).http,
  'whatsapp-cloud': async () => (await import('./whatsapp/whatsapp-cloud.ts')).whatsappCloud,
  xmpp: async () => (await import('./xmpp/xmpp.ts')).xmpp,
};

/** The names that `type` may have. */
export const connectorTypes: readonly string[] = Object.keys(known);

export interface Wanted {
  readonly type: string;
  /** The npm package that brings it; a type that is none of ours is a package's name itself. */
  readonly package?: string | undefined;
}

/** @param cwd below which packages are looked for first @returns the module, or what to tell the admin */
export async function loadConnector(wanted: Wanted, cwd = '.'): Promise<Result<AnyConnectorModule, string>> {
  const load = Object.hasOwn(known, wanted.type) ? known[wanted.type] : undefined;
  if (load !== undefined && wanted.package === undefined) return ok(await load());
  const packaged = await loadPackaged(wanted.package ?? wanted.type, cwd);
  return packaged.ok ? packaged : err(packaged.error.message);
}
