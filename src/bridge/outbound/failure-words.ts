/** The words of the failure table, filled in for one message. */
import { DateTime } from 'luxon';
import { networkName } from '../../core/address.ts';
import { failures, type FailureKind } from '../../core/failures.ts';
import type { Millis, NetworkId } from '../../core/ids.ts';
import { inert } from '../../core/inert-text.ts';
import { refusedLogin } from '../../core/refused-login.ts';
import { cleanName } from '../portals/shown-name.ts';

export interface Filling {
  readonly name: string;
  readonly network: NetworkId;
  readonly detail?: string | undefined;
  /** `11:02`, in the rooms' time zone. */
  readonly since?: string | undefined;
}

/** What the sender is told, or undefined where nobody needs to be. Names and details are data: nothing in them is filled in again. */
export function failureWords(reason: FailureKind, filling: Filling): string | undefined {
  const { tell } = failures[reason];
  if (tell === null) return undefined;
  const values: Readonly<Record<string, string>> = {
    name: cleanName(filling.name) ?? 'the customer',
    network: networkName(filling.network),
    detail: inert(filling.detail ?? 'no reason given'),
    refusedLogin: refusedLogin(filling.network),
    since: filling.since ?? 'a while ago',
  };
  return tell.replace(/\{(\w+)\}/gu, (whole, key: string) => values[key] ?? whole);
}

export function clockTime(at: Millis, timezone: string): string {
  return DateTime.fromMillis(at, { zone: timezone }).toFormat('HH:mm');
}
