/** The part of the config that asks what a customer is called, where the provider's calls tell no name. */
import { z } from 'zod';
import { jsonPath } from './json-path.ts';
import { request } from './request-config.ts';
import { placesIn } from './template.ts';

export const profile = z
  .strictObject({
    request: request.refine(
      (template) => placesIn(JSON.stringify(template)).includes('to'),
      'put {to} into it: it has to say whose name is asked for',
    ),
    /** Or several, put beside each other: a first and a last name. */
    name: z.union([jsonPath.transform((path) => [path]), z.array(jsonPath).min(1).max(3)]),
  })
  .readonly();
export type ProfileConfig = z.output<typeof profile>;
