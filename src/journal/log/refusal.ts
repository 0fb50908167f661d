/** Why Gatehouse does not start on a record that contradicts what was published of it, in words for the admin. */

export type RefusalReason = 'ahead' | 'rewritten' | 'not-ours';

export interface LogRefusal {
  readonly reason: RefusalReason;
  /** What is wrong, where, and what to do. */
  readonly message: string;
}

/** `where`: which checkpoint, as people find it. */
export function refusal(reason: RefusalReason, where: string, sizes: { known: number; now: number }): LogRefusal {
  const { known, now } = sizes;
  const messages: Readonly<Record<RefusalReason, string>> = {
    ahead:
      `The database is older than what was published of it: ${where} covers ${known} records, the database holds ${now}. ` +
      'Nothing was started, because new records would contradict the published ones. ' +
      'Put the newer database back. If it is lost: gatehouse restore --here goes on from this one in a new epoch, and says what is lost by it',
    rewritten:
      `The database contradicts what was published of it: ${where} covers ${known} records with another content. ` +
      'Records were changed, or this database and this checkpoint do not belong together. ' +
      'Nothing was started. Run: gatehouse verify (it names the first wrong record)',
    'not-ours':
      `${where} is not signed with the key of this installation, or was damaged. ` +
      'Nothing was started. Put back the keys.db that belongs to this data folder, or the checkpoint file from a backup',
  };
  return { reason, message: messages[reason] };
}
