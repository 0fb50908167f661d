/** The connector's part of the config: what is sent where, and what means what in what comes. */
import { z } from 'zod';
import { parseNetworkId, type NetworkId } from '../../core/ids.ts';
import type { Json } from '../../core/json.ts';
import { jsonPath } from './json-path.ts';
import { signatureConfig } from './signature.ts';
import { placesIn } from './template.ts';

const origin = z
  .string()
  .transform((text) => text.replace(/\/+$/u, ''))
  .refine(
    (text) => URL.canParse(text) && new URL(text).origin === text,
    'write an origin, like https://api.example.com',
  );
/** `30s`, `5m`, `24h`: milliseconds. */
const duration = z
  .string()
  .regex(/^[1-9]\d{0,4}(ms|s|m|h)$/u, 'write a time as 500ms, 30s, 5m or 24h')
  .transform((text) => {
    const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
    return Number.parseInt(text, 10) * (units[text.replace(/^\d+/u, '')] ?? 1);
  });
const network = z.string().transform((text, problems): NetworkId => {
  const id = parseNetworkId(text);
  if (id.ok) return id.value;
  problems.addIssue({ code: 'custom', message: 'write small letters and digits, like line' });
  return z.NEVER;
});
const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.null(), z.boolean(), z.number(), z.string(), z.array(json), z.record(z.string(), json)]),
);

/** Where a value may be put. */
export const places: readonly string[] = ['to', 'from', 'text', 'position', 'uuid', 'reply', 'id', 'key', 'action'];

function known(text: string): boolean {
  return placesIn(text).every((name) => places.includes(name) || name.startsWith('secret.'));
}
const words = z.string().refine(known, `write only these places: ${places.join(', ')}, secret.<name>`);
const headers = z.record(z.string().regex(/^[A-Za-z0-9-]+$/u), words).default({});

const request = z
  .strictObject({
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('POST'),
    path: words.refine((text) => /^\/(?!\/)/u.test(text), 'begin it with one slash'),
    headers,
    json: json.optional(),
    form: z.record(z.string(), words).optional(),
  })
  .refine(({ json: body, form }) => body === undefined || form === undefined, 'write json or form, not both')
  .refine(
    ({ json: body }) => body === undefined || known(JSON.stringify(body)),
    `places in json: ${places.join(', ')}`,
  );
export type RequestTemplate = z.output<typeof request>;

const meaning = z.enum([
  ...(['window-closed', 'opted-out', 'bad-address', 'too-long', 'provider-refused', 'sender-not-registered'] as const),
  ...(['rate-limited', 'provider-down', 'bad-credentials'] as const),
]);
const errorRule = z.strictObject({
  status: z.number().int().min(200).max(599).optional(),
  /** What stands at `answer.code` and `answer.subcode`. */
  code: z.union([z.string(), z.number()]).transform(String).optional(),
  subcode: z.union([z.string(), z.number()]).transform(String).optional(),
  is: meaning,
  scope: z.enum(['connector', 'line', 'chat', 'message']).default('connector'),
  after: duration.default(60_000),
});
export type ErrorRule = z.output<typeof errorRule>;

const answer = z.strictObject({
  /** What the provider calls the message. */
  ids: jsonPath,
  code: jsonPath.optional(),
  subcode: jsonPath.optional(),
  words: jsonPath.optional(),
  /** Statuses that say "I have it already". */
  already: z.array(z.number().int()).max(5).default([]),
  errors: z.array(errorRule).max(50).default([]),
});

const kind = z.enum(['image', 'video', 'audio', 'voice', 'animation', 'sticker', 'file']);
const file = z
  .strictObject({
    /** The files of a message, where it has several; each path below then begins at one of them. */
    each: jsonPath.optional(),
    kind: z.union([kind, z.strictObject({ at: jsonPath, is: z.record(z.string(), kind), else: kind.default('file') })]),
    /** Anybody's address. */
    link: jsonPath.optional(),
    /** A place of `fileSources`, asked by this id. */
    source: z.string().optional(),
    id: jsonPath.optional(),
    name: jsonPath.optional(),
    size: jsonPath.optional(),
    type: jsonPath.optional(),
  })
  .refine(({ link, source, id }) => (link === undefined) === (source !== undefined && id !== undefined), {
    message: 'write link, or source and id',
  });
export type FileRule = z.output<typeof file>;

const ends = {
  /** Each path a value; true: there is something. */
  when: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  from: jsonPath,
  /** The line's address; left out where the connector has one line. */
  to: jsonPath.optional(),
  group: jsonPath.optional(),
  /** Written by the company's own account elsewhere: `from` is then the line, `to` the customer. */
  own: z.boolean().default(false),
};
const rule = z.discriminatedUnion('as', [
  z.strictObject({
    as: z.literal('message'),
    ...ends,
    remoteId: jsonPath.optional(),
    name: jsonPath.optional(),
    text: jsonPath.optional(),
    replyTo: jsonPath.optional(),
    files: z.array(file).max(10).default([]),
    location: z
      .strictObject({
        latitude: jsonPath,
        longitude: jsonPath,
        name: jsonPath.optional(),
        address: jsonPath.optional(),
      })
      .optional(),
    /** What it is that has no form here, in words for people. */
    unsupported: z.string().max(200).optional(),
    /** Words of the network's, not of anybody: "followed us". */
    service: z.string().max(200).optional(),
  }),
  z.strictObject({ as: z.literal('edit'), ...ends, target: jsonPath, text: jsonPath }),
  z.strictObject({ as: z.literal('redaction'), ...ends, target: jsonPath }),
  z.strictObject({ as: z.literal('reaction'), ...ends, target: jsonPath, keys: jsonPath.optional() }),
  z.strictObject({
    as: z.literal('receipt'),
    ...ends,
    state: z.enum(['accepted', 'delivered', 'read', 'failed', 'expired']),
    /** The messages; or the time, in milliseconds, up to which all were. */
    targets: jsonPath.optional(),
    upTo: jsonPath.optional(),
    code: jsonPath.optional(),
    detail: jsonPath.optional(),
  }),
  z.strictObject({ as: z.literal('typing'), ...ends, on: z.boolean().default(true) }),
  z.strictObject({ as: z.literal('consent'), ...ends, action: z.enum(['stop', 'start']) }),
  z.strictObject({ as: z.literal('nothing'), when: ends.when }),
]);

const conditions = z.record(z.string(), z.unknown()).transform((given, problems) => {
  return Object.entries(given).flatMap(([text, value]) => {
    const path = jsonPath.safeParse(text);
    if (!path.success) problems.addIssue({ code: 'custom', message: `${text}: no path` });
    return path.success ? [{ path: path.data, value }] : [];
  });
});
const ruleWithPaths = rule.transform((read, problems) => {
  const when = conditions.safeParse(read.when);
  if (!when.success) problems.addIssue({ code: 'custom', path: ['when'], message: 'has a key that is no path' });
  return { ...read, when: when.data ?? [] };
});
export type Rule = z.output<typeof ruleWithPaths>;
export type RuleOf<A extends Rule['as']> = Extract<Rule, { as: A }>;

const unchecked = z.strictObject({
  network,
  /** As people call it: "LINE". */
  title: z.string().min(1).max(60),
  api: origin,
  /** By names of your own, for `{secret.name}` in headers and for the signature. */
  secrets: z.record(z.string().regex(/^[a-z][A-Za-z0-9]{0,30}$/u), z.string().min(1)).default({}),
  /** How the provider writes phone numbers; its own ids are always as they are. */
  numbers: z.enum(['as-is', 'without-plus']).default('as-is'),
  perSecond: z.number().positive().max(1_000).default(10),
  /** Who keeps what comes while we are down, and how long. */
  keepsInbound: z.enum(['provider-retries', 'nobody']).default('nobody'),
  keepsFor: duration.optional(),
  serviceWindow: duration.optional(),
  /** Asked at the start and from time to time: any 2xx is well. */
  check: request.optional(),
  checkEvery: duration.default(300_000),
  send: z.strictObject({
    text: request,
    textMost: z.number().int().min(1).max(65_536).default(1_600),
    /** The provider takes the same request once (an idempotency key of `{uuid}` or `{position}`): it may be repeated. */
    repeatable: z.boolean().default(false),
    answer,
  }),
  react: request.optional(),
  markRead: request.optional(),
  /** `{action}` is typing_on or typing_off. */
  typing: request.optional(),
  receive: z.strictObject({
    signature: signatureConfig,
    /** A first question by GET: who knows the secret `token` at `ask` is answered with what stands at `echo`. */
    challenge: z.strictObject({ token: z.string(), ask: z.string(), echo: z.string() }).optional(),
    events: jsonPath,
    /** Together they are the event's id; left out, its content is. */
    id: z.array(jsonPath).max(5).default([]),
    at: z.strictObject({ path: jsonPath, in: z.enum(['ms', 's', 'iso']).default('ms') }).optional(),
    rules: z.array(ruleWithPaths).min(1).max(100),
  }),
  fileSources: z.record(z.string(), z.strictObject({ origin, path: words, headers })).default({}),
});

export const httpConfig = unchecked.superRefine((config, problems) => {
  for (const name of secretNames(config)) {
    if (Object.hasOwn(config.secrets, name)) continue;
    problems.addIssue({ code: 'custom', path: ['secrets'], message: `has no secret called ${name}` });
  }
});
export type HttpConfig = z.output<typeof httpConfig>;

function secretNames(config: z.output<typeof unchecked>): readonly string[] {
  const { signature, challenge } = config.receive;
  const named = placesIn(
    JSON.stringify([config.send.text, config.check, config.react, config.typing, config.markRead, config.fileSources]),
  );
  return [
    ...named.filter((name) => name.startsWith('secret.')).map((name) => name.slice('secret.'.length)),
    signature.secret,
    ...(signature.otherSecret === undefined ? [] : [signature.otherSecret]),
    ...(challenge === undefined ? [] : [challenge.token]),
  ];
}
