/** What an error of a connector may say where people read it: a line, without secrets, numbers and addresses. */
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { maskText } from '../telemetry/mask.ts';

const LONGEST = 200;
const SECRET = /token|secret|passw|key|auth/iu;
/** A shorter one would be taken out of the middle of words. */
const SHORTEST_SECRET = 6;

/** @param settings the connector's part of the config: what is secret there is secret here */
export function errorWords(error: unknown, settings: JsonObject): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).trim().split('\n');
  const open = secretsIn(settings).reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), line);
  const words = maskText(open, LONGEST).replace(/[.:;,\s]+$/u, '');
  return words === '' ? 'it did not say why' : words;
}

function secretsIn(value: Json | undefined, within = false): readonly string[] {
  if (typeof value === 'string') return within && value.length >= SHORTEST_SECRET ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((one: Json) => secretsIn(one, within));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, one]) => secretsIn(one, within || SECRET.test(key)));
}
