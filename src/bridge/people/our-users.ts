/** Whose user an id is: decided by the id alone, so that it is the same on every path an event takes. */
import { isGhost } from '../../core/address.ts';

const BOTS = ['gatehouse', 'compliance', 'archivist', '_gatehouse_bridge', '_gatehouse_archive'];

export type UserKind = 'ghost' | 'bot' | 'local' | 'foreign';

export function kindOfUser(user: string, domain: string): UserKind {
  if (isGhost(user, domain)) return 'ghost';
  if (BOTS.some((name) => user === `@${name}:${domain}`)) return 'bot';
  return user.endsWith(`:${domain}`) ? 'local' : 'foreign';
}

/** Ghosts and bots: what they say was said by somebody else, or by the house itself. */
export function isOurUser(user: string, domain: string): boolean {
  const kind = kindOfUser(user, domain);
  return kind === 'ghost' || kind === 'bot';
}
