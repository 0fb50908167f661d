/** The account that the simulated Twilio has. */
export interface TwilioOptions {
  /** Where the console says that messages are told: `A message comes in`. */
  readonly webhookUrl: string;
  readonly webhookMethod?: 'POST' | 'GET';
  readonly accountSid?: string;
  readonly authToken?: string;
  readonly apiKey?: { readonly sid: string; readonly secret: string };
  /** In E.164. */
  readonly numbers?: readonly string[];
  readonly messagingServices?: readonly string[];
  /** "HTTP Basic Authentication for media access". Default on. */
  readonly mediaLogin?: boolean;
  readonly host?: string;
  readonly port?: number;
}

/** With every default in. */
export type AccountSettings = Required<Omit<TwilioOptions, 'host' | 'port'>>;

/** Shown in a console, never a real one's. */
export const simAccount = {
  sid: `AC${'0123456789abcdef'.repeat(2)}`,
  token: 'f0e1d2c3b4a5968778695a4b3c2d1e0f',
  apiKey: { sid: `SK${'fedcba9876543210'.repeat(2)}`, secret: 'simulated-api-secret' },
  number: '+12025550100',
  service: 'MG00112233445566778899aabbccddeeff',
} as const;

export function settingsOf(options: TwilioOptions): AccountSettings {
  return {
    webhookMethod: 'POST',
    accountSid: simAccount.sid,
    authToken: simAccount.token,
    apiKey: simAccount.apiKey,
    numbers: [simAccount.number],
    messagingServices: [simAccount.service],
    mediaLogin: true,
    ...options,
  };
}

/** Basic authentication, with the account's token or its key. */
export function isLogin(
  { accountSid, authToken, apiKey }: AccountSettings,
  authorization: string | undefined,
): boolean {
  const logins = [`${accountSid}:${authToken}`, `${apiKey.sid}:${apiKey.secret}`];
  return logins.some((login) => authorization === `Basic ${Buffer.from(login).toString('base64')}`);
}
