/**
 * Every way in which a message can fail, and what happens to the person: one exhaustive table (DESIGN 8).
 * Words are what a salesperson understands. `{name}` is the contact, `{network}` the network, `{detail}` the
 * provider's or our own short reason, already safe to show.
 */
export type FailureKind =
  | 'not-staff'
  | 'bad-address'
  | 'too-long'
  | 'unsupported'
  | 'empty'
  | 'rejected'
  | 'rate-limited'
  | 'provider-down'
  | 'provider-refused'
  | 'bad-credentials'
  | 'sender-not-registered'
  | 'expired'
  | 'withdrawn'
  | 'unknown'
  | 'unconfirmed'
  | 'late'
  | 'room-gone'
  | 'line-gone'
  | 'homeserver-down'
  | 'homeserver-refused'
  | 'too-large'
  | 'not-delivered'
  | 'opted-out'
  | 'no-consent'
  | 'quiet-hours'
  | 'window-closed'
  | 'policy-blocked'
  | 'policy-rejected'
  | 'policy-expired'
  | 'policy-warned'
  | 'media-unsafe'
  | 'file-missing'
  | 'file-late'
  | 'disk-full'
  | 'unplanned'
  | 'internal';

export interface FailureRow {
  /** What the sender is told in the room; null where nobody needs to be told. */
  readonly tell: string | null;
  /** How Gatehouse goes on by itself: never, behind a closed gate, or with back-off for at most `forMs`. */
  readonly retry:
    { readonly how: 'never' } | { readonly how: 'gate' } | { readonly how: 'backoff'; readonly forMs: number };
  /** True when the message certainly did not go out. */
  readonly certain: boolean;
  /** What an operator sees it as. */
  readonly level: 'info' | 'warn' | 'error';
  /** May a person try it again with !retry? */
  readonly byHand: boolean;
}

const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;
const never = { how: 'never' } as const;
const gate = { how: 'gate' } as const;

function backoff(forMs: number): { how: 'backoff'; forMs: number } {
  return { how: 'backoff', forMs };
}

export const failures: Readonly<Record<FailureKind, FailureRow>> = {
  'not-staff': {
    tell: 'Not sent: you are not on this line. Ask its supervisor to add you.',
    retry: never,
    certain: true,
    level: 'warn',
    byHand: true,
  },
  'bad-address': {
    tell: "Not sent: {network} can't reach this number ({detail}).",
    retry: never,
    certain: true,
    level: 'info',
    byHand: true,
  },
  'too-long': {
    tell: 'Not sent: too long for {network} ({detail}). Split it and send it again.',
    retry: never,
    certain: true,
    level: 'info',
    byHand: false,
  },
  unsupported: {
    tell: "Not sent: this line can't carry {detail}. Write it as text, or send a link.",
    retry: never,
    certain: true,
    level: 'info',
    byHand: false,
  },
  empty: { tell: 'Not sent: there is no text in it.', retry: never, certain: true, level: 'info', byHand: false },
  rejected: {
    tell: 'Not sent: {network} refused it ({detail}). !retry (reply) tries again.',
    retry: never,
    certain: true,
    level: 'warn',
    byHand: true,
  },
  'rate-limited': {
    tell: 'Waiting: {network} asked us to slow down. It goes out by itself; !cancel (reply) stops it.',
    retry: gate,
    certain: true,
    level: 'info',
    byHand: true,
  },
  'provider-down': {
    tell: "Waiting: {network} hasn't answered since {since}. It goes out when it does; !cancel (reply) stops it.",
    retry: gate,
    certain: true,
    level: 'warn',
    byHand: true,
  },
  'provider-refused': {
    tell: 'Not sent: {network} refused it ({detail}). !retry (reply) tries again.',
    retry: never,
    certain: true,
    level: 'warn',
    byHand: true,
  },
  'bad-credentials': {
    tell: 'Waiting: {network} {refusedLogin}, so nothing can be sent on this line. Compliance and the admin were told.',
    retry: gate,
    certain: true,
    level: 'error',
    byHand: true,
  },
  'sender-not-registered': {
    tell: 'Not sent: {network} does not accept our number as a sender ({detail}). The admin was told.',
    retry: never,
    certain: true,
    level: 'error',
    byHand: true,
  },
  expired: {
    tell: 'Not delivered: {network} gave up before it reached {name}. !retry (reply) sends it again.',
    retry: never,
    certain: true,
    level: 'info',
    byHand: true,
  },
  withdrawn: { tell: null, retry: never, certain: true, level: 'info', byHand: false },
  unknown: {
    tell: 'Maybe sent: the connection broke while sending. Ask {name}, or !retry (reply) to send it again.',
    retry: never,
    certain: false,
    level: 'warn',
    byHand: true,
  },
  unconfirmed: {
    tell: 'Maybe sent: {network} took it and never said what became of it. Ask {name}, or !retry (reply) to send it again.',
    retry: never,
    certain: false,
    level: 'warn',
    byHand: true,
  },
  late: {
    tell: 'Not sent: this reached us late, and later messages already went out. !retry (reply) sends it now.',
    retry: never,
    certain: true,
    level: 'warn',
    byHand: true,
  },
  'room-gone': { tell: null, retry: never, certain: true, level: 'warn', byHand: true },
  // At once, and not when the line is back: who took it away knows whether it ever is, and a text of weeks ago that goes out by
  // itself then is worse than one that says now that it didn't.
  'line-gone': {
    tell: 'Not sent: the line “{detail}” is no longer set up in Gatehouse, so nothing you write here reaches {name}. Ask the admin about it; when the line is back, !retry (reply) sends this.',
    retry: never,
    certain: true,
    level: 'warn',
    byHand: true,
  },
  'homeserver-down': { tell: null, retry: gate, certain: false, level: 'warn', byHand: true },
  'homeserver-refused': { tell: null, retry: backoff(HOUR), certain: true, level: 'error', byHand: true },
  'too-large': {
    tell: 'Not sent: too large for {network} ({detail}).',
    retry: never,
    certain: true,
    level: 'info',
    byHand: false,
  },
  'not-delivered': {
    tell: "Not delivered: {network} couldn't reach {name} ({detail}). !retry (reply) sends it again.",
    retry: never,
    certain: true,
    level: 'info',
    byHand: true,
  },
  'opted-out': {
    tell: "Not sent: {name} opted out. You can't write here until {name} writes START or compliance records new consent.",
    retry: never,
    certain: true,
    level: 'info',
    byHand: false,
  },
  'no-consent': {
    tell: 'Not sent: there is no consent on record for {name}. Ask compliance.',
    retry: never,
    certain: true,
    level: 'info',
    byHand: true,
  },
  'quiet-hours': {
    tell: 'Waiting: it is outside the hours in which {name} may be written to. It goes out at {since}.',
    retry: never,
    certain: true,
    level: 'info',
    byHand: false,
  },
  'window-closed': {
    tell: 'Not sent: {network} allows free text only for 24 hours after the last message from {name} ({detail}). !templates shows what you can send now.',
    retry: never,
    certain: true,
    level: 'info',
    byHand: true,
  },
  'policy-blocked': {
    tell: 'Not sent: a company rule stopped it ({detail}).',
    retry: never,
    certain: true,
    level: 'warn',
    byHand: false,
  },
  'policy-rejected': {
    tell: 'Not sent ({detail}).',
    retry: never,
    certain: true,
    level: 'info',
    byHand: false,
  },
  'policy-expired': {
    tell: 'Not sent: nobody at compliance decided in time. !retry (reply) asks again.',
    retry: never,
    certain: true,
    level: 'warn',
    byHand: true,
  },
  'policy-warned': {
    tell: 'Not sent yet: {detail}. !anyway and why (reply) sends it all the same, within 5 minutes.',
    retry: never,
    certain: true,
    level: 'info',
    byHand: true,
  },
  'media-unsafe': {
    tell: 'Not sent: the file did not pass the check ({detail}).',
    retry: never,
    certain: true,
    level: 'warn',
    byHand: false,
  },
  'file-missing': {
    tell: "Not sent: the file can't be had ({detail}). Send it once more.",
    retry: never,
    certain: true,
    level: 'warn',
    byHand: true,
  },
  'file-late': { tell: null, retry: backoff(WEEK), certain: true, level: 'warn', byHand: true },
  'disk-full': { tell: null, retry: backoff(WEEK), certain: true, level: 'error', byHand: true },
  unplanned: {
    tell: 'Not sent: Gatehouse failed while handling this message. The admin was told; !retry (reply) tries again.',
    retry: never,
    certain: true,
    level: 'error',
    byHand: true,
  },
  internal: {
    tell: 'Not sent: Gatehouse failed while sending this. The admin was told; !retry (reply) tries again.',
    retry: backoff(10 * 60_000),
    certain: false,
    level: 'error',
    byHand: true,
  },
};
