import { z } from 'zod';
import { ConnectorSettings } from '../connector-settings.ts';
import type { SecretReader } from '../secret-reader.ts';
import { connectorId } from '../values/ids.ts';

export function connectorsSection(read: SecretReader) {
  const connector = z
    .looseObject({
      id: connectorId,
      type: z
        .string()
        .min(1)
        .describe(
          'smpp, ... or the npm package of a connector that is not ours; `gatehouse config check` names our types',
        ),
      package: z
        .string()
        .min(1)
        .optional()
        .describe('npm package of a connector that is not ours, or ./ and the path of its file (docs/connectors.md)'),
    })
    .transform((given, ctx) => {
      const settings = ConnectorSettings.read(given, read);
      if (settings.ok) return settings.value;
      for (const problem of settings.error) ctx.addIssue({ code: 'custom', ...problem });
      return z.NEVER;
    });
  return z
    .array(connector)
    .prefault([])
    .describe(
      'Ways to reach consumers, one for each account at a provider. The id is your name for it; keys after type are those of the type.',
    );
}
