/** Where and when a rule holds: a pure function of the message's context. */
import { DateTime, IANAZone } from 'luxon';
import type { MessageContext } from '../message.ts';
import type { Scope } from '../rule.ts';

export function isZone(name: string): boolean {
  return IANAZone.isValidZone(name);
}

/** Every list of `scope` that is there holds for the message. The hours come last: only they cost something. */
export function isInScope(scope: Scope, context: MessageContext): boolean {
  return (
    has(scope.directions, context.direction) &&
    has(scope.networks, context.network) &&
    has(scope.lines, context.line) &&
    has(scope.rooms, context.room) &&
    hasAny(scope.tags, context.tags) &&
    hasAny(scope.senderIn, context.senderGroups) &&
    (scope.hours === undefined || isWithin(scope.hours, context.at))
  );
}

function has<T>(wanted: readonly T[] | undefined, is: T | undefined): boolean {
  return wanted === undefined || (is !== undefined && wanted.includes(is));
}

function hasAny(wanted: readonly string[] | undefined, are: readonly string[]): boolean {
  return wanted === undefined || wanted.some((one) => are.includes(one));
}

const DAYS = 7;

/** Hours over midnight belong to the day on which they begin: Friday 18:00 to 8:00 holds on Saturday at 7. */
function isWithin({ zone, days, from, to }: NonNullable<Scope['hours']>, at: number): boolean {
  const local = DateTime.fromMillis(at, { zone });
  const minute = local.hour * 60 + local.minute;
  const today: number = local.weekday;
  if (from < to) return days.includes(today) && minute >= from && minute < to;
  const yesterday = today === 1 ? DAYS : today - 1;
  return (days.includes(today) && minute >= from) || (days.includes(yesterday) && minute < to);
}
