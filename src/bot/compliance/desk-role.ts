/** Who may ask a desk, and what. */
import type { UserId } from '../../core/ids.ts';
import { roleAt, type Desk, type Role } from '../../core/line.ts';
import { kindOfUser } from '../../bridge/people/our-users.ts';

/** A role counts for the company's own people alone: never for ghosts, our bots or another server's users. */
export function deskRole(desk: Desk, user: UserId, domain: string): Role | undefined {
  return kindOfUser(user, domain) === 'local' ? roleAt(desk, user) : undefined;
}
