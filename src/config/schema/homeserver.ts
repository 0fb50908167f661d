import { z } from 'zod';
import { say } from '../problem.ts';
import type { SecretSchema } from '../secret-reader.ts';
import { section } from '../section.ts';
import { webAddress } from '../values/web-address.ts';

const DOMAIN = /^(\[[0-9a-fA-F:.]+\]|[a-zA-Z0-9.-]+)(:\d{1,5})?$/u;

export function homeserverSection(secret: SecretSchema) {
  const tokens = (service: string) =>
    section({
      as: secret.prefault({ file: `secrets/${service}-as-token` }).describe('what we prove ourselves to Synapse with'),
      hs: secret.prefault({ file: `secrets/${service}-hs-token` }).describe('what Synapse proves itself to us with'),
    }).prefault({});
  return section({
    domain: z
      .string()
      .regex(DOMAIN, {
        error: say('is not a server name', 'write the server_name of homeserver.yaml, such as acme.example'),
      })
      .describe("server_name of homeserver.yaml: the part of everybody's id after the colon"),
    url: webAddress.describe("where Gatehouse reaches Synapse's client API, inside the firewall"),
    adminToken: secret
      .optional()
      .describe('access token of a server admin; without it, see what `gatehouse doctor` says is off'),
    reachUsAt: section({ bridge: webAddress, archive: webAddress }).describe(
      'where Synapse reaches us; goes into the registrations',
    ),
    tokens: section({ bridge: tokens('bridge'), archive: tokens('archive') })
      .prefault({})
      .describe('the tokens of the two registrations, as `gatehouse init` wrote them'),
  }).describe('The Matrix homeserver that Gatehouse belongs to.');
}
