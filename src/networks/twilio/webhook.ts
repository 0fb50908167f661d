/** Twilio calls: messages that come in, and how far ours got. */
import type { ConnectorContext } from '../../core/ports/connector.ts';
import type { Webhook, WebhookAnswer, WebhookRequest } from '../../core/ports/webhook.ts';
import type { TwilioConfig } from './config.ts';
import { fieldsOf, formOf, queryOf, type ReadForm } from './forms.ts';
import { heardFrom, unsupportedOf, type Came } from './inbound.ts';
import type { Richer } from './richer.ts';
import { hasSignedBody, isSigned, noParams, type Params } from './signature.ts';
import { statusFrom } from './statuses.ts';

/** 1,600 characters, ten files and whatever Twilio adds. */
const MOST_BYTES = 256 * 1024;

/** TwiML that answers nothing. */
const TAKEN: WebhookAnswer = { to: 'accepted', body: { type: 'text/xml', content: '<Response></Response>' } };

export interface WebhookDeps {
  readonly ctx: ConnectorContext;
  readonly config: TwilioConfig;
  readonly richer: Richer;
  /** Where Twilio was told to reach us, without a query. */
  readonly url: string;
}

export function twilioWebhook(deps: WebhookDeps): Webhook {
  return {
    methods: ['POST', 'GET'],
    maxBytes: MOST_BYTES,
    handle: async (request) => {
      const params = signedParams(request, deps);
      if (params === undefined) return { to: 'bad-signature' };
      await take(fieldsOf(params), request, deps);
      return TAKEN;
    },
  };
}

/** What Twilio vouches for; undefined where the signature is missing or wrong. */
function signedParams(request: WebhookRequest, { config, url }: WebhookDeps): Params | undefined {
  const signature = request.headers['x-twilio-signature'];
  if (typeof signature !== 'string') return undefined;
  const query = queryOf(request);
  const full = query === '' ? url : `${url}?${query}`;
  const form = formOf(request);
  const covered = coveredBy(full, form, request);
  if (covered === undefined) return undefined;
  const tokens = [config.authToken, config.secondaryAuthToken ?? config.authToken];
  return isSigned({ tokens, signature, url: full, params: covered }) ? (form?.params ?? noParams) : undefined;
}

/** The parameters that are signed beside the URL; undefined for a body that nothing vouches for. */
function coveredBy(url: string, form: ReadForm | undefined, { body }: WebhookRequest): Params | undefined {
  const hashed = hasSignedBody(url, body);
  if (hashed === undefined) return form?.signed;
  return hashed ? noParams : undefined;
}

type Fields = Readonly<Record<string, string>>;

/** Resolves when it is on record. */
async function take(fields: Fields, request: WebhookRequest, { ctx, richer }: WebhookDeps): Promise<void> {
  const raw = request.method === 'GET' ? Buffer.from(queryOf(request)) : request.body;
  const came: Came = { at: ctx.clock.now(), raw };
  const status = isReceived(fields) ? undefined : statusFrom(fields, came);
  if (status !== undefined) {
    if (status.consent !== undefined) await ctx.ingest(status.consent);
    await ctx.outcome(status.update);
    return;
  }
  const heard = isReceived(fields) ? heardFrom(fields, came) : undefined;
  const notes = heard?.richer === undefined ? [] : [richer.note(heard.richer, came.at)];
  await ctx.ingest(heard?.events ?? [unsupportedOf(fields, came)], notes);
}

/** A message to us; anything else that has a status is about one of ours. */
function isReceived(fields: Fields): boolean {
  const status = fields['MessageStatus'] ?? fields['SmsStatus'];
  return status === undefined || status === 'received' || status === 'receiving';
}
