/** The part of the config that says how messages go out, and what the provider's answers mean. */
import { z } from 'zod';
import type { FileKind } from '../../core/network-entries.ts';
import { jsonPath } from './json-path.ts';
import { request, requestLike, variant, variantHasOneBody, type RequestTemplate } from './request-config.ts';

/** `30s`, `5m`, `24h`: milliseconds. */
export const duration = z
  .string()
  .regex(/^[1-9]\d{0,4}(ms|s|m|h)$/u, 'write a time as 500ms, 30s, 5m or 24h')
  .transform((text) => {
    const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
    return Number.parseInt(text, 10) * (units[text.replace(/^\d+/u, '')] ?? 1);
  });
/** `800KB`, `25MB`, in 1,024s: bytes. */
const size = z
  .string()
  .regex(/^[1-9]\d{0,3}(KB|MB)$/u, 'write a size as 800KB or 25MB')
  .transform((text) => Number.parseInt(text, 10) * (text.endsWith('KB') ? 1_024 : 1_048_576))
  .refine((bytes) => bytes <= largestFile, 'write 100MB at most');
/** Of any file that goes out, bytes. */
export const largestFile = 100 * 1_048_576;

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

/** What is noted with a message's id, by names of your own, for `{kept.name}` when that message is answered or read. */
export const keep = z.record(z.string().regex(/^[a-z][A-Za-z0-9]{0,20}$/u, 'write a name of letters'), jsonPath);
export type Keep = z.output<typeof keep>;

const answer = z.strictObject({
  /** What the provider calls the message. */
  ids: jsonPath,
  /** As many values as ids. */
  keep: keep.default({}),
  code: jsonPath.optional(),
  subcode: jsonPath.optional(),
  words: jsonPath.optional(),
  /** Statuses that say "I have it already". */
  already: z.array(z.number().int()).max(5).default([]),
  errors: z.array(errorRule).max(50).default([]),
});

const sounds = ['audio/mpeg', 'audio/mp4', 'audio/aac', 'audio/ogg', 'audio/amr', 'audio/wav', 'audio/webm'] as const;
const pictures = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'] as const;
const films = ['video/mp4', 'video/3gpp', 'video/quicktime', 'video/webm'] as const;
const office = 'application/vnd.openxmlformats-officedocument';
const papers = [
  ...['application/pdf', 'text/plain', 'text/csv', 'text/vcard', 'text/calendar', 'application/zip'],
  ...['application/msword', 'application/vnd.ms-excel', 'application/vnd.ms-powerpoint'],
  ...[`${office}.wordprocessingml.document`, `${office}.spreadsheetml.sheet`, `${office}.presentationml.presentation`],
];

/** What may be sent as what, for the config to choose from. */
export const typesOf: Readonly<Record<FileKind, readonly string[]>> = {
  image: pictures,
  video: films,
  audio: sounds,
  voice: sounds,
  animation: ['image/gif', 'video/mp4'],
  sticker: ['image/webp', 'image/png', 'image/gif'],
  file: [...papers, ...pictures, ...films, ...sounds],
};
export const kind = z.enum(['image', 'video', 'audio', 'voice', 'animation', 'sticker', 'file']);

const fileSending = z
  .strictObject({
    ...variant,
    types: z.array(z.string()).min(1).max(30),
    most: size,
    /** Whether `{text}` goes with it. */
    caption: z.boolean().default(false),
    /** A picture up to this size is its own `{preview}`; for everything else that is a grey square. */
    previewMost: size.default(1_048_576),
  })
  .refine(...variantHasOneBody);
const files = z.partialRecord(kind, fileSending).superRefine((given, problems) => {
  for (const one of kind.options) {
    const unknown = given[one]?.types.filter((type) => !typesOf[one].includes(type)) ?? [];
    if (unknown.length === 0) continue;
    const message = `has ${unknown.join(', ')}: write some of ${typesOf[one].join(', ')}`;
    problems.addIssue({ code: 'custom', path: [one, 'types'], message });
  }
});

export interface FileSending {
  readonly request: RequestTemplate;
  readonly types: readonly string[];
  readonly most: number;
  readonly caption: boolean;
  readonly previewMost: number;
}

export const send = z
  .strictObject({
    text: request,
    textMost: z.number().int().min(1).max(65_536).default(1_600),
    /** By kind, each a request like `text` with a body of its own; what is not here can't be sent. */
    files: files.default({}),
    /** How long the provider can fetch a file at its `{link}`. */
    filesOpenFor: duration.default(86_400_000),
    /** Like `text` with a body of its own; without it places go out as words. */
    location: z
      .strictObject(variant)
      .refine(...variantHasOneBody)
      .optional(),
    /** The provider takes the same request once (an idempotency key of `{uuid}` or `{position}`): it may be repeated. */
    repeatable: z.boolean().default(false),
    answer,
  })
  .transform(({ files: given, location, ...rest }) => {
    const ready: Partial<Record<FileKind, FileSending>> = {};
    for (const one of kind.options) {
      const file = given[one];
      if (file === undefined) continue;
      const { types, most, caption, previewMost } = file;
      ready[one] = { request: requestLike(rest.text, file), types, most, caption, previewMost };
    }
    return { ...rest, files: ready, location: location && requestLike(rest.text, location) };
  });
