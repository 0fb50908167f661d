/** The connector's part of the config: what is sent where, and what means what in what comes. */
import { z } from 'zod';
import { parseNetworkId, type NetworkId } from '../../core/ids.ts';
import { jsonPath } from './json-path.ts';
import { profile } from './profile-config.ts';
import { headers, request, words } from './request-config.ts';
import { duration, keep, kind, send, type Keep } from './send-config.ts';
import { signatureConfig } from './signature.ts';
import { placesIn } from './template.ts';

const origin = z
  .string()
  .transform((text) => text.replace(/\/+$/u, ''))
  .refine(
    (text) => URL.canParse(text) && new URL(text).origin === text,
    'write an origin, like https://api.example.com',
  );
const network = z.string().transform((text, problems): NetworkId => {
  const id = parseNetworkId(text);
  if (id.ok) return id.value;
  problems.addIssue({ code: 'custom', message: 'write small letters and digits, like line' });
  return z.NEVER;
});
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
    /** Or several: the first where there is something; several values of one path are put beside each other. */
    text: z.union([jsonPath.transform((path) => [path]), z.array(jsonPath).min(1).max(5)]).default([]),
    replyTo: jsonPath.optional(),
    /** Noted with `remoteId`. */
    keep: keep.default({}),
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
  send,
  react: request.optional(),
  markRead: request.optional(),
  /** `{action}` is typing_on or typing_off. */
  typing: request.optional(),
  /** Where calls tell no name: asked after a customer's message, and again after a day at the earliest. */
  profile: profile.optional(),
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
  fileSources: z.record(z.string(), z.strictObject({ origin, path: words, headers: headers.default({}) })).default({}),
});

export const httpConfig = unchecked.superRefine((config, problems) => {
  const used = placesUsed(config);
  for (const name of secretNames(config, used)) {
    if (Object.hasOwn(config.secrets, name)) continue;
    problems.addIssue({ code: 'custom', path: ['secrets'], message: `has no secret called ${name}` });
  }
  const kept = new Set(keepsOf(config).flatMap((one) => Object.keys(one)));
  for (const name of namesAfter('kept.', used)) {
    if (kept.has(name)) continue;
    problems.addIssue({ code: 'custom', path: ['receive', 'rules'], message: `no rule keeps anything called ${name}` });
  }
});
export type HttpConfig = z.output<typeof httpConfig>;
type Config = z.output<typeof unchecked>;

function placesUsed({
  send: sending,
  check,
  react,
  typing,
  markRead,
  profile: asked,
  fileSources,
}: Config): readonly string[] {
  const { text, files, location } = sending;
  return placesIn(JSON.stringify([text, files, location, check, react, typing, markRead, asked?.request, fileSources]));
}

/** Everything that is noted with messages, theirs and ours. */
export function keepsOf({ send: { answer }, receive }: Pick<Config, 'send' | 'receive'>): readonly Keep[] {
  return [answer.keep, ...receive.rules.flatMap((one) => (one.as === 'message' ? [one.keep] : []))];
}

function namesAfter(prefix: string, used: readonly string[]): readonly string[] {
  return used.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
}

function secretNames({ receive: { signature, challenge } }: Config, used: readonly string[]): readonly string[] {
  return [
    ...namesAfter('secret.', used),
    signature.secret,
    ...(signature.otherSecret === undefined ? [] : [signature.otherSecret]),
    ...(challenge === undefined ? [] : [challenge.token]),
  ];
}
