/** The webhook's other fields: what concerns the account, a person's wish, a call, a group. */
import { z } from 'zod';
import { noMillis, parseMillis, type Millis } from '../../core/ids.ts';
import type { NetworkEvent } from '../../core/ports/connector.ts';
import { errorWords, type WaError } from './payload.ts';
import { groupAddress, type People } from './people.ts';
import { contentId, lost, takeKnown, timeOf, type Reading } from './reading.ts';

/** Said of the whole account, or of one of its numbers or templates: nobody's chat. */
const accountFields: Readonly<Record<string, string>> = {
  account_alerts: 'about the account',
  account_review_update: 'about the review of the account',
  account_update: 'about the account',
  business_capability_update: 'about what the account may do',
  business_status_update: 'about the business',
  message_template_components_update: 'about a template',
  message_template_quality_update: 'about the quality of a template',
  message_template_status_update: 'about a template',
  phone_number_name_update: 'about the name of a number',
  phone_number_quality_update: 'about the quality of a number',
  security: 'about the security of a number',
  template_category_update: 'about the category of a template',
};
/** Short words of these keys say what happened; nothing else of a notice is shown. */
const tellingKeys =
  /^(event|reason|decision|status|current_limit|violation_type|restriction_type|waba_ban_state|alert_type|alert_severity|new_quality_score|message_template_name|new_category|rejection_reason|requested_verified_name)$/u;
const wordsMost = 300;

const preference = z.object({
  wa_id: z.string().optional(),
  user_id: z.string().optional(),
  parent_user_id: z.string().optional(),
  detail: z.string().optional(),
  category: z.string().optional(),
  value: z.string(),
  timestamp: z.union([z.string(), z.number()]).optional(),
});
const call = z.object({
  id: z.string().min(1).max(150),
  from: z.string().optional(),
  from_user_id: z.string().optional(),
  event: z.string(),
  status: z.string().optional(),
  direction: z.string().optional(),
  duration: z.number().optional(),
  timestamp: z.union([z.string(), z.number()]).optional(),
});
const group = z.object({
  group_id: z.string(),
  subject: z.string().optional(),
  group_subject: z.object({ text: z.string() }).optional(),
});

const actions: ReadonlyMap<string, 'stop' | 'start'> = new Map([
  ['stop', 'stop'],
  ['resume', 'start'],
]);

interface Notice {
  readonly field: string;
  readonly value: Readonly<Record<string, unknown>>;
  /** The account it speaks of, and when, as far as the webhook says. */
  readonly of: { readonly id?: string | undefined; readonly time?: number | undefined };
}

/** Of the account: undefined for a field that is none of that. */
export function accountNotice(notice: Notice, now: Millis, raw: Uint8Array): NetworkEvent | undefined {
  const about = Object.hasOwn(accountFields, notice.field) ? accountFields[notice.field] : undefined;
  if (about === undefined) return undefined;
  const words = telling(notice.value).join(', ').slice(0, wordsMost);
  const alert = `WhatsApp says something ${about}: ${words === '' ? notice.field : words}`;
  const at = parseMillis((notice.of.time ?? 0) * 1_000);
  const when = at.ok && at.value !== noMillis ? at.value : now;
  return { kind: 'account', alert, id: contentId('account', notice), sure: true, at: when, raw };
}

function telling(value: unknown, depth = 0): readonly string[] {
  if (typeof value !== 'object' || value === null || depth > 4) return [];
  return Object.entries(value).flatMap(([key, of]: [string, unknown]) =>
    typeof of === 'string' && tellingKeys.test(key) ? [of] : telling(of, depth + 1),
  );
}

/** A system, app or account trouble that Meta tells in the place of messages. */
export function accountError(error: WaError, reading: Pick<Reading, 'now' | 'raw' | 'taken'>, of: unknown): void {
  const { now, raw, taken } = reading;
  const alert = `WhatsApp could not do something: ${errorWords(error).slice(0, wordsMost)}`;
  taken.events.push({ kind: 'account', alert, id: contentId('error', of), sure: true, at: now, raw: raw(error) });
}

/** "user_preferences": no more marketing messages, or again. */
export async function takePreference(item: unknown, reading: Reading, people: People): Promise<void> {
  const read = preference.safeParse(item);
  const { wa_id: phone, user_id: userId, parent_user_id: parentUserId } = read.data ?? {};
  const who = await people.who({ phone, userId, parentUserId }, reading.line);
  const action = actions.get(read.data?.value ?? '');
  if (who === undefined || action === undefined || read.data === undefined) {
    lost(item, 'a preference that can not be read', reading);
    return;
  }
  const id = contentId('preference', item);
  takeKnown(who, id, reading);
  const { detail, timestamp } = read.data;
  const consent = { from: who.address, to: reading.line, action, ...(detail === undefined ? {} : { detail }) };
  const at = timeOf(timestamp, reading.now);
  reading.taken.events.push({ kind: 'consent', consent, id, sure: true, at, raw: reading.raw(item) });
}

/** "calls": nobody takes them here, and staff see that somebody called. */
export async function takeCall(item: unknown, reading: Reading, people: People): Promise<void> {
  const read = call.safeParse(item);
  const who =
    read.data?.direction === 'BUSINESS_INITIATED'
      ? undefined
      : await people.who({ phone: read.data?.from, userId: read.data?.from_user_id }, reading.line);
  if (read.data === undefined || who === undefined) {
    lost(item, 'a notice of a call', reading);
    return;
  }
  const { id, event, status, duration, timestamp } = read.data;
  takeKnown(who, id, reading);
  const lasted = duration === undefined ? '' : `, ${duration} s`;
  const over = status === 'COMPLETED' ? `A WhatsApp call ended${lasted}` : 'A WhatsApp call was not taken';
  const text = event === 'connect' ? 'Calls by WhatsApp, which nobody can take here' : over;
  const ends = { from: who.address, to: reading.line };
  const base = { id: `call/${id}/${event}`, sure: true as const, at: timeOf(timestamp, reading.now) };
  reading.taken.events.push({
    ...base,
    kind: 'message',
    message: { ...ends, text, service: true },
    raw: reading.raw(item),
  });
}

/** "group_lifecycle_update" and its like: a group's name is taken, the rest is on record. */
export function takeGroup(item: unknown, reading: Reading): void {
  const read = group.safeParse(item);
  const name = read.data?.group_subject?.text ?? read.data?.subject;
  const chat = read.success ? groupAddress(read.data.group_id) : undefined;
  if (name === undefined || chat === undefined) {
    lost(item, 'a notice of a group', reading);
    return;
  }
  const { taken, now, raw, line } = reading;
  const base = { id: contentId('group', item), sure: true, at: now, raw: raw(item) };
  taken.events.push({ ...base, kind: 'chat', chat: { line, chat, name } });
}
