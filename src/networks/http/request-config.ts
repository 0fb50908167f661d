/** A request of the config, with places for values. */
import { z } from 'zod';
import type { Json } from '../../core/json.ts';
import { nearest } from '../../core/nearest.ts';
import { placesIn } from './template.ts';

const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.null(), z.boolean(), z.number(), z.string(), z.array(json), z.record(z.string(), json)]),
);

/** Where a value may be put. */
export const places: readonly string[] = [
  ...['to', 'from', 'text', 'position', 'uuid', 'reply', 'id', 'key', 'action'],
  ...['link', 'preview', 'name', 'type', 'size', 'duration'],
  ...['latitude', 'longitude', 'place', 'address'],
];
const named = [...places, 'secret.<name>', 'kept.<name>'].join(', ');

/** Says which place is none; a `{` that is part of a text is left alone where no name stands in it. */
function check(text: string, problems: z.RefinementCtx): void {
  const unknown = placesIn(text).find((name) => !places.includes(name) && !/^(?:secret|kept)\./u.test(name));
  if (unknown === undefined) return;
  const meant = nearest(unknown, places);
  const hint = meant === undefined ? '' : ` (did you mean {${meant}}?)`;
  problems.addIssue({ code: 'custom', message: `{${unknown}} is no place${hint}; there are ${named}` });
}

export const words = z.string().superRefine(check);
export const headers = z.record(z.string().regex(/^[A-Za-z0-9-]+$/u), words);
const parts = {
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  path: words.refine((text) => /^\/(?!\/)/u.test(text), 'begin it with one slash'),
  headers,
};
const body = {
  json: json
    .superRefine((value, problems) => {
      check(JSON.stringify(value), problems);
    })
    .optional(),
  form: z.record(z.string(), words).optional(),
};
const oneBody = [
  (given: { readonly json?: unknown; readonly form?: unknown }) => given.json === undefined || given.form === undefined,
  'write json or form, not both',
] as const;

export const request = z
  .strictObject({ ...parts, method: parts.method.default('POST'), headers: headers.default({}), ...body })
  .refine(...oneBody);
export type RequestTemplate = z.output<typeof request>;

/** A request like another one with another body: what is left out is as it is there. */
export const variant = {
  method: parts.method.optional(),
  path: parts.path.optional(),
  headers: headers.optional(),
  ...body,
};
export type Variant = { readonly [K in keyof RequestTemplate]?: RequestTemplate[K] | undefined };
export const variantHasOneBody = [
  (given: Variant) => (given.json === undefined) !== (given.form === undefined),
  'write json or form',
] as const;

export function requestLike(first: RequestTemplate, { method, path, headers: own, json: object, form }: Variant) {
  const request = { method: method ?? first.method, path: path ?? first.path, headers: own ?? first.headers };
  return { ...request, ...(object === undefined ? {} : { json: object }), ...(form === undefined ? {} : { form }) };
}
