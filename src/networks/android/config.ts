/** The connector's part of the config. */
import { z } from 'zod';

const secret = z.string().min(1);

export const androidConfig = z.strictObject({
  /** The phone's own server, `http://192.168.1.20:8080`, a private one, or the cloud's. */
  url: z
    .url({ protocol: /^https?$/u, error: 'write an address like http://192.168.1.20:8080' })
    .refine((text) => new URL(text).search === '', 'write the address without a question mark')
    .default('https://api.sms-gate.app/3rdparty/v1'),
  /** `local`: the app itself answers, and lists what came in. `cloud`: a server that hands on to it, private or not. */
  server: z.enum(['local', 'cloud']).default('cloud'),
  username: secret,
  password: secret,
  /** `jwt`: the password is shown once an hour for a token, and not with every request. */
  login: z.enum(['basic', 'jwt']).default('basic'),
  /** Settings, Webhooks, Signing Key in the app. */
  signingKey: secret,
  /** The key before it or after it, accepted as well while the app's key is being changed. */
  otherSigningKey: secret.optional(),
  /** The SIM of each line, by the line's address, where the phone has several. */
  sims: z.record(z.string().min(1), z.number().int().min(1).max(3)).default({}),
  /** Where several phones share one account: the one that this is about. */
  deviceId: z.string().min(1).max(21).optional(),
  /** Whether the app can send pictures: it must be the phone's default app for texts. */
  mms: z.boolean().default(false),
  perSecond: z.number().positive().max(100).default(1),
});

export type AndroidConfig = z.output<typeof androidConfig>;
