/** The phone calls: texts and pictures that came in, and how far ours got. */
import { parseJson } from '../../core/json.ts';
import type { ConnectorContext } from '../../core/ports/connector.ts';
import type { Webhook } from '../../core/ports/webhook.ts';
import type { ClockWatch } from './clock-watch.ts';
import type { AndroidConfig } from './config.ts';
import { envelope, heardFrom, unsupportedOf, updateFrom, type Came } from './events.ts';
import type { HeardMms } from './heard-mms.ts';
import type { LineFinder } from './lines.ts';
import { judgeSignature } from './signature.ts';

/** Pictures come in base64. */
const MOST_BYTES = 24 * 1024 * 1024;

export interface WebhookDeps {
  readonly ctx: ConnectorContext;
  readonly config: AndroidConfig;
  readonly lines: LineFinder;
  readonly heard: HeardMms;
  readonly clock: ClockWatch;
}

export function androidWebhook(deps: WebhookDeps): Webhook {
  const { ctx, config, clock } = deps;
  const { signingKey, otherSigningKey } = config;
  const keys = otherSigningKey === undefined ? [signingKey] : [signingKey, otherSigningKey];
  return {
    methods: ['POST'],
    maxBytes: MOST_BYTES,
    handle: async (request) => {
      const now = ctx.clock.now();
      const judged = judgeSignature(request, keys, now);
      // Its signature is right: it is the phone's own, now or once.
      if (judged === 'replay') await clock.refused(Number(request.headers['x-timestamp']) * 1_000, now);
      if (judged !== 'genuine') return { to: judged };
      clock.inTime();
      await take({ at: now, raw: request.body }, deps);
      return { to: 'accepted' };
    },
  };
}

/** Resolves when it is on record. */
async function take(came: Came, { ctx, lines, heard }: WebhookDeps): Promise<void> {
  const told = envelope.safeParse(parseJson(Buffer.from(came.raw).toString('utf8'))).data;
  // Only that it is there: nothing happened.
  if (told?.event === 'system:ping') return;
  const update = told === undefined ? undefined : updateFrom(told.event, told.payload, came);
  if (update !== undefined) {
    await ctx.outcome(update);
    return;
  }
  const known = told === undefined ? undefined : heardFrom(told.event, told.payload, { came, lines });
  if (known === undefined)
    await ctx.ingest(unsupportedOf('a notice of the phone that is neither text nor receipt', came));
  else await ctx.ingest(known.event, heard.edits(known, came.at));
}
