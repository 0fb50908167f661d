/**
 * What an error of the Graph API means for a message ("Error codes", WhatsApp Business Platform, 2026-05-15). Meta asks
 * to go by the code; the HTTP status speaks only where there is none.
 */
import type { FailureKind } from '../../core/failures.ts';
import type { ConnectorState } from '../../core/ports/connector.ts';
import type { SendResult } from '../../core/ports/outbound.ts';
import { webPage } from '../web-page.ts';

/** "User stopped marketing messages". */
export const optedOut = 131_050;

export interface GraphError {
  readonly status: number;
  /** Absent where the answer was no error of the Graph API. */
  readonly code?: number;
  readonly words: string;
  readonly retryAfterMs?: number;
  /** Something that is not Meta answered in its place. */
  readonly isOther?: true;
}

/** Of a window that is shut: nobody says since when. */
export const beforeADay = 'the last one is more than a day old, or there was none';

type Failed = readonly [reason: FailureKind, detail?: string];

const failed: ReadonlyMap<number, Failed> = new Map<number, Failed>([
  [33, ['sender-not-registered', 'WhatsApp knows no such number of ours']],
  [130_472, ['provider-refused', 'this person is in an experiment of WhatsApp']],
  [130_497, ['provider-refused', 'WhatsApp does not let us write to this country']],
  [131_021, ['bad-address', 'that is our own number']],
  [131_026, ['bad-address', 'not on WhatsApp, or too old an app']],
  [131_030, ['bad-address', 'a test number may write only to numbers on its list']],
  [131_037, ['sender-not-registered', 'its display name is not approved yet']],
  [131_042, ['provider-refused', 'WhatsApp has a problem with the payment']],
  [131_045, ['sender-not-registered', 'the number must be registered again']],
  [131_047, ['window-closed', beforeADay]],
  [131_049, ['provider-refused', 'WhatsApp sends this person no more marketing now']],
  [optedOut, ['opted-out']],
  [131_051, ['unsupported', 'this kind of message']],
  [131_052, ['provider-refused', 'WhatsApp could not fetch the file']],
  [131_053, ['provider-refused', 'WhatsApp could not take the file']],
  [131_062, ['bad-address', 'WhatsApp needs a phone number for this']],
  [132_000, ['provider-refused', 'the template takes other values now; !templates shows it']],
  [132_001, ['provider-refused', 'the template is gone or not approved; !templates shows what can be sent']],
  [132_005, ['provider-refused', 'the template gets too long with these values']],
  [132_007, ['provider-refused', 'the template breaks a rule of WhatsApp']],
  [132_012, ['provider-refused', 'the template takes other values now; !templates shows it']],
  [132_015, ['provider-refused', 'the template is paused; !templates shows what can be sent']],
  [132_016, ['provider-refused', 'the template is disabled; !templates shows what can be sent']],
  [133_010, ['sender-not-registered', 'the number is not registered']],
]);

/**
 * Of a message that Meta took and could not deliver ("Receiving Errors: Synchronous and Asynchronous"): what its sender
 * can make of it; undefined where Meta's own words say as much.
 */
export function undeliveredWords(code: number): string | undefined {
  if (code === 131_047) return 'free text goes only for 24 hours after their last message; !templates shows what does';
  return failed.get(code)?.[1];
}

/** The token is no longer good, or may not do this. */
const credentials: ReadonlySet<number> = new Set([0, 3, 10, 190, 131_005]);
/** The account is locked or restricted. */
const locked: ReadonlySet<number> = new Set([368, 131_031]);
/** Too many: of the app or the account. */
const crowded: ReadonlySet<number> = new Set([4, 80_007]);
/** Meta's service is down or overloaded: no message is to blame, and none is given up for it. */
const down: ReadonlySet<number> = new Set([2, 131_016]);
/** "The upgrade process itself can take up to 1 minute" ("Throughput", 2026-05-21), or another maintenance of the number. */
const maintained = 131_057;
/** Something of Meta's own, or of the request: nothing was sent. */
const passing: ReadonlySet<number> = new Set([1, 131_000]);

const pairMs = 6_000;
const crowdedMs = 60_000;
const spamMs = 3_600_000;
const lockedMs = 900_000;
const downMs = 30_000;
/** Half an hour or more: then one message that only seems to meet a service that is down holds back no other any longer. */
const downMost = 60;
const passingMost = 5;

export function resultOf(error: GraphError, attempt: number): SendResult {
  const { code, words } = error;
  if (code === undefined) return byStatus(error);
  if (stateOf(error) !== undefined) {
    const afterMs = locked.has(code) ? lockedMs : crowdedMs;
    return { state: 'retry', afterMs, scope: 'connector', reason: 'bad-credentials', detail: words };
  }
  const slower = slowerBy(error, code);
  if (slower !== undefined) return { state: 'retry', ...slower, reason: 'rate-limited', detail: words };
  const later = laterBy(code, attempt);
  if (later !== undefined) return { state: 'retry', ...later, reason: 'provider-down', detail: words };
  const [reason, detail = words] = failed.get(code) ?? ['provider-refused' as const];
  return { state: 'failed', reason, code: String(code), detail };
}

function slowerBy(
  { retryAfterMs }: GraphError,
  code: number,
): { readonly scope: 'connector' | 'line' | 'chat'; readonly afterMs: number } | undefined {
  if (crowded.has(code)) return { scope: 'connector', afterMs: retryAfterMs ?? crowdedMs };
  if (code === 130_429) return { scope: 'line', afterMs: retryAfterMs ?? 1_000 };
  if (code === 131_048) return { scope: 'line', afterMs: retryAfterMs ?? spamMs };
  return code === 131_056 ? { scope: 'chat', afterMs: retryAfterMs ?? pairMs } : undefined;
}

function laterBy(
  code: number,
  attempt: number,
): { readonly scope: 'connector' | 'line' | 'message'; readonly afterMs: number } | undefined {
  if (down.has(code) && attempt < downMost) return { scope: 'connector', afterMs: downMs };
  if (code === maintained && attempt < downMost) return { scope: 'line', afterMs: crowdedMs };
  return passing.has(code) && attempt < passingMost ? { scope: 'message', afterMs: 5_000 * attempt } : undefined;
}

/** An answer of something between us and Meta, or of a Meta that is not well. */
function byStatus({ status, words, retryAfterMs, isOther }: GraphError): SendResult {
  // Nobody knows what became of the request.
  if (isOther === true) return { state: 'unknown', detail: words };
  if (status === 401 || status === 403) {
    return { state: 'retry', afterMs: crowdedMs, scope: 'connector', reason: 'bad-credentials', detail: words };
  }
  if (status === 429) {
    return { state: 'retry', afterMs: retryAfterMs ?? crowdedMs, scope: 'connector', reason: 'rate-limited' };
  }
  // It may have been taken before whatever failed.
  if (status >= 500) return { state: 'unknown', detail: words };
  return { state: 'failed', reason: 'provider-refused', code: String(status), detail: words };
}

/** What it says of our account as a whole; undefined where that is none of its matter. */
export function stateOf({ code, status, isOther }: GraphError): ConnectorState | undefined {
  if (isOther === true) return webPage('WhatsApp');
  if (code === undefined ? status === 401 || status === 403 : credentials.has(code) || (code >= 200 && code <= 299)) {
    return { name: 'bad-credentials', detail: 'WhatsApp does not take our token' };
  }
  return code !== undefined && locked.has(code)
    ? { name: 'logged-out', detail: 'WhatsApp has locked or restricted the account' }
    : undefined;
}
