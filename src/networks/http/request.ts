/** A request of the config with its values in it. */
import type { Address } from '../../core/ids.ts';
import type { FetchWish } from '../../core/ports/safe-fetch.ts';
import type { HttpConfig } from './config.ts';
import type { RequestTemplate } from './request-config.ts';
import { filled, filledHeader, filledJson, filledPath, type Values } from './template.ts';

export interface Rendered {
  readonly path: string;
  readonly wish: FetchWish;
}

/** Undefined where a value doesn't fit into its place of the path. */
export function rendered(template: RequestTemplate, values: Values): Rendered | undefined {
  const path = filledPath(template.path, values);
  if (path === undefined) return undefined;
  const headers = Object.fromEntries(
    Object.entries(template.headers).map(([name, value]) => [name.toLowerCase(), filledHeader(value, values)]),
  );
  return { path, wish: { method: template.method, ...bodyOf(template, values, headers) } };
}

function bodyOf(
  { json, form }: RequestTemplate,
  values: Values,
  headers: Readonly<Record<string, string>>,
): Pick<FetchWish, 'headers' | 'body'> {
  if (json !== undefined) {
    const body = JSON.stringify(filledJson(json, values));
    return { headers: { ...headers, 'content-type': 'application/json' }, body };
  }
  if (form === undefined) return { headers };
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(form)) fields.append(name, filled(value, values));
  return { headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' }, body: fields.toString() };
}

export function secretsOf({ secrets }: HttpConfig): Values {
  return Object.fromEntries(Object.entries(secrets).map(([name, value]) => [`secret.${name}`, value]));
}

export function written(address: Address, { numbers }: HttpConfig): string {
  return numbers === 'without-plus' && /^\+\d+$/u.test(address) ? address.slice(1) : address;
}
