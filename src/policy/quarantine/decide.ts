/** Whether this person may decide this verdict now: pure, the same for a tap and for a command, and again after a crash. */
import type { Role } from '../../core/line.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { KnownVerdict } from '../verdicts/verdict-store.ts';

export interface Deciding {
  readonly verdict: Pick<KnownVerdict, 'state' | 'consequence'>;
  /** At the desk, by the config of now. */
  readonly role: Role | undefined;
  /** They wrote the message themselves. */
  readonly isSender: boolean;
}

export type NotDecided =
  /** Only officers and reviewers decide. */
  | 'role'
  /** Nobody decides about what they wrote. */
  | 'own-message'
  /** It was decided, or there is nothing to decide any more: its state says what. */
  | 'not-open'
  /** It was only warned of: its sender decides. */
  | 'sender-decides'
  /** Nothing was ever to be decided about it. */
  | 'no-item';

export function mayDecide({ verdict, role, isSender }: Deciding): Result<undefined, NotDecided> {
  if (role !== 'officer' && role !== 'reviewer') return err('role');
  if (verdict.state === 'closed') return err('no-item');
  if (verdict.state !== 'open') return err('not-open');
  if (isSender) return err('own-message');
  return verdict.consequence === 'quarantine' ? ok(undefined) : err('sender-decides');
}
