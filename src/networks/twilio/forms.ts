/**
 * What Twilio calls us with: a form in the body, or in the query where the console says GET. Twilio adds parameters
 * without notice, so all are read and the unknown ones are left alone (twilio.com/docs/messaging/guides/webhook-request).
 */
import type { WebhookRequest } from '../../core/ports/webhook.ts';
import { noParams, type Params } from './signature.ts';

const FORM = 'application/x-www-form-urlencoded';

export function queryOf({ target }: Pick<WebhookRequest, 'target'>): string {
  return target.includes('?') ? target.slice(target.indexOf('?') + 1) : '';
}

/** The parameters of a form, as `a=1&b=2` has them. */
export function paramsOf(form: string): Params {
  const params = new Map<string, string[]>();
  for (const [key, value] of new URLSearchParams(form)) {
    const known = params.get(key);
    if (known === undefined) params.set(key, [value]);
    else known.push(value);
  }
  return params;
}

export interface ReadForm {
  /** What it says. */
  readonly params: Params;
  /** What the signature covers beside the URL. */
  readonly signed: Params;
}

/** Undefined for a body that isn't a form: only a hash in the URL can vouch for it. */
export function formOf(request: Pick<WebhookRequest, 'method' | 'target' | 'headers' | 'body'>): ReadForm | undefined {
  if (request.method === 'GET') return { params: paramsOf(queryOf(request)), signed: noParams };
  const type = request.headers['content-type'];
  if (typeof type !== 'string' || type.split(';')[0]?.trim().toLowerCase() !== FORM) return undefined;
  const params = paramsOf(Buffer.from(request.body).toString('utf8'));
  return { params, signed: params };
}

/** The first value of each, for zod. */
export function fieldsOf(params: Params): Readonly<Record<string, string>> {
  return Object.fromEntries(Array.from(params, ([key, values]) => [key, values[0] ?? '']));
}
