/** What a provider's answer means for a message: by the rules of the config, then by the HTTP status. */
import { parseRemoteId, type Millis, type RemoteId } from '../../core/ids.ts';
import type { KvEdit } from '../../core/ports/connector.ts';
import type { SendResult } from '../../core/ports/outbound.ts';
import type { FetchAnswer, FetchFailed } from '../../core/ports/safe-fetch.ts';
import { retryAfterMs } from '../retry-after.ts';
import { isPage } from '../web-page.ts';
import type { HttpConfig } from './config.ts';
import { parseBody, textAt, textsAt, type Place } from './json-path.ts';
import { keepEdits } from './kept.ts';
import type { ErrorRule } from './send-config.ts';

/** Of a request that the provider takes once only: after so many it stays unclear. */
const repeatsMost = 8;
const pauseMs = 5_000;
const credentialsMs = 60_000;
const passing: ReadonlySet<string> = new Set(['rate-limited', 'provider-down', 'bad-credentials']);

export interface Answered {
  readonly status: number;
  readonly place: Place;
  readonly retryAfterMs?: number;
  readonly isPage: boolean;
}

/** @throws FetchFailed */
export async function read(answer: FetchAnswer, now: Millis): Promise<Answered> {
  const body = parseBody(Buffer.from(await answer.bytes()).toString('utf8')) ?? null;
  const after = retryAfterMs(answer.header('retry-after'), now);
  const place = { event: body, body };
  return {
    status: answer.status,
    place,
    isPage: isPage(answer),
    ...(after === undefined ? {} : { retryAfterMs: after }),
  };
}

export function isTaken({ status }: Answered, { send }: HttpConfig): boolean {
  return (status >= 200 && status < 300) || send.answer.already.includes(status);
}

export function idsIn({ place }: Answered, { send }: HttpConfig): readonly RemoteId[] {
  return textsAt(send.answer.ids, place).flatMap((text) => {
    const id = parseRemoteId(text);
    return id.ok ? [id.value] : [];
  });
}

/** A message that the provider has taken has a name there; one that it says to have already need not be named again. */
export function namesEnough(ids: readonly RemoteId[], { status }: Answered, { send }: HttpConfig): boolean {
  return ids.length > 0 || send.answer.already.includes(status);
}

/** What is to be noted of each message that was sent. */
export function keptIn({ place }: Answered, { send: { answer } }: HttpConfig, at: Millis): readonly KvEdit[] {
  const named = Object.entries(answer.keep).map(([name, path]) => [name, textsAt(path, place)] as const);
  return textsAt(answer.ids, place).flatMap((text, index) => {
    const id = parseRemoteId(text);
    const found = named.map(([name, texts]) => [name, texts[index]] as const);
    return id.ok ? keepEdits(id.value, found, at) : [];
  });
}

export function refusedAs(answered: Answered, config: HttpConfig, attempt: number): SendResult {
  const { code, subcode, words } = config.send.answer;
  const found = { code: textAt(code, answered.place), subcode: textAt(subcode, answered.place) };
  const detail = textAt(words, answered.place) ?? `HTTP ${answered.status}`;
  const rule = config.send.answer.errors.find((one) => fits(one, answered.status, found));
  if (rule !== undefined)
    return byRule(rule, { detail, code: found.code ?? String(answered.status), after: answered.retryAfterMs });
  return byStatus(answered, { detail, config, attempt });
}

function fits(
  rule: ErrorRule,
  status: number,
  found: { code: string | undefined; subcode: string | undefined },
): boolean {
  if (rule.status !== undefined && rule.status !== status) return false;
  if (rule.code !== undefined && rule.code !== found.code) return false;
  return rule.subcode === undefined || rule.subcode === found.subcode;
}

function byRule(
  { is: reason, scope, after }: ErrorRule,
  given: { readonly detail: string; readonly code: string; readonly after: number | undefined },
): SendResult {
  const { detail, code } = given;
  if (!passing.has(reason)) return { state: 'failed', reason, code, detail };
  return { state: 'retry', afterMs: given.after ?? after, scope, reason, detail };
}

function byStatus(
  { status, retryAfterMs: after }: Answered,
  given: { readonly detail: string; readonly config: HttpConfig; readonly attempt: number },
): SendResult {
  const { detail, config, attempt } = given;
  if (status === 401 || status === 403) {
    return { state: 'retry', afterMs: credentialsMs, scope: 'connector', reason: 'bad-credentials', detail };
  }
  if (status === 429) {
    return { state: 'retry', afterMs: after ?? credentialsMs, scope: 'connector', reason: 'rate-limited', detail };
  }
  if (status < 500) return { state: 'failed', reason: 'provider-refused', code: String(status), detail };
  return unclear(detail, config, attempt);
}

/** It may have been taken: asked again only where the provider takes the same request once. */
export function unclear(detail: string, { send }: HttpConfig, attempt: number): SendResult {
  if (!send.repeatable || attempt >= repeatsMost) return { state: 'unknown', detail };
  return { state: 'retry', afterMs: pauseMs * attempt, scope: 'message', reason: 'provider-down', detail };
}

export function unanswered(error: FetchFailed, config: HttpConfig, attempt: number): SendResult {
  const { kind, detail } = error;
  if (kind === 'refused') return { state: 'failed', reason: 'provider-refused', detail };
  if (kind !== 'unsent') return unclear(`no answer: ${detail}`, config, attempt);
  return { state: 'retry', afterMs: pauseMs, scope: 'connector', reason: 'provider-down', detail };
}
