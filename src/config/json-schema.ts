/** The config's JSON schema, for editors and for `config schema`. */
import { z } from 'zod';
import { err } from '../core/result.ts';
import { configSchema } from './schema.ts';

/** Draft 2020-12, of the file as people write it. */
export function configJsonSchema(): z.core.JSONSchema.JSONSchema {
  const schema = configSchema(() => err('no secret is read for a schema'));
  return { ...z.toJSONSchema(schema, { io: 'input' }), title: 'Gatehouse config' };
}
