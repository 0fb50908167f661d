/** The connector's part of the config. */
import { z } from 'zod';
import { duration } from '../duration.ts';

/** Where the daemon listens. */
export type DaemonPlace =
  | { readonly by: 'tcp'; readonly host: string; readonly port: number }
  | { readonly by: 'unix'; readonly path: string }
  | { readonly by: 'http'; readonly origin: string };

const daemon = z.string().transform((text, problems): DaemonPlace => {
  const place = placeOf(text);
  if (place !== undefined) return place;
  problems.addIssue({
    code: 'custom',
    message:
      'write where signal-cli listens: tcp://127.0.0.1:7583, unix:///run/signal-cli/socket or http://127.0.0.1:8080',
  });
  return z.NEVER;
});

function placeOf(text: string): DaemonPlace | undefined {
  const path = /^unix:\/\/(\/[^\0]+)$/u.exec(text)?.[1];
  if (path !== undefined) return { by: 'unix', path };
  const [, scheme, host = '', port] = /^(tcp|https?):\/\/([\w.-]+|\[[\da-f:]+\])(?::(\d{1,5}))?\/?$/iu.exec(text) ?? [];
  if (scheme === undefined) return undefined;
  if (scheme.toLowerCase() !== 'tcp')
    return URL.canParse(text) ? { by: 'http', origin: new URL(text).origin } : undefined;
  const number = Number(port ?? '7583');
  return number > 65_535 ? undefined : { by: 'tcp', host: host.replace(/^\[|\]$/gu, ''), port: number };
}

export const signalConfig = z.strictObject({
  /** Where the signal-cli daemon listens. */
  daemon,
  /** The folder of signal-cli's attachments, where this machine can read it: then files of any size come in. */
  attachments: z.string().min(1).optional(),
  /** How long signal-cli may take to send a message, its files included. */
  sendTimeout: duration.prefault('2m'),
  /** Pauses between attempts to reach the daemon. */
  reconnect: z
    .strictObject({ first: duration.prefault('1s'), most: duration.prefault('1m') })
    .prefault({ first: '1s', most: '1m' }),
});
export type SignalConfig = z.output<typeof signalConfig>;
