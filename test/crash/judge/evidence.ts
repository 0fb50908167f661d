/** What is known from outside, and how to read it. */
import type { CarrierLine } from '../../../src/demo/carrier-seen.ts';
import type { Line } from '../history.ts';

/** An event of a room as its members see it; one that was redacted has no content. */
export interface RoomEvent {
  readonly event_id: string;
  readonly type: string;
  readonly sender: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** A record as `gatehouse search` prints it. */
export interface RecordSeen {
  readonly position: number;
  readonly kind: string;
  readonly from: string | null;
  readonly text: string | null;
}

export interface Evidence {
  readonly deeds: readonly Line[];
  /** The portals of each customer's number, their events oldest first. */
  readonly portals: ReadonlyMap<string, readonly (readonly RoomEvent[])[]>;
  /** The rooms without a line in which colleagues wrote, their events oldest first. */
  readonly internal: ReadonlyMap<string, readonly RoomEvent[]>;
  /** The names of all rooms that Alice is in. */
  readonly names: readonly string[];
  readonly carrier: readonly CarrierLine[];
  /** What the public command shows of everything that people wrote. */
  readonly record: readonly RecordSeen[];
  /** For each of Synapse's streams to us: events in the order in which they were first handed over. */
  readonly handed: readonly ReadonlyMap<string, number>[];
  /** Names of the errors in Gatehouse's log: being killed is no error of its own. */
  readonly errors: readonly string[];
}

export const BOT = '@gatehouse:';

export function ghostOf(customer: string): string {
  return `@_gh_sms_${customer.slice(1)}:`;
}

export function countBy(texts: readonly (string | undefined)[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) if (text !== undefined) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

export function textOf(one: RoomEvent): string {
  const { body } = one.content;
  return typeof body === 'string' ? body : '';
}

export function relationOf(one: RoomEvent): Record<string, unknown> {
  const relation = one.content['m.relates_to'];
  return typeof relation === 'object' && relation !== null ? { ...relation } : {};
}

export function keyOf(one: RoomEvent): unknown {
  return one.type === 'm.reaction' ? relationOf(one)['key'] : undefined;
}

export function repliedTo(one: RoomEvent): string | undefined {
  const to = relationOf(one)['m.in_reply_to'];
  if (typeof to !== 'object' || to === null || !('event_id' in to)) return undefined;
  return typeof to.event_id === 'string' ? to.event_id : undefined;
}

/** Somebody's messages in a room by their texts, with the event id of each. */
export function writtenIn(events: readonly RoomEvent[], sender: string): ReadonlyMap<string, string> {
  const theirs = events.filter((one) => one.type === 'm.room.message' && one.sender.startsWith(sender));
  return new Map(theirs.map((one) => [textOf(one), one.event_id]));
}
