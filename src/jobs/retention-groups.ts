/** Each hour the groups that are rooms are read again, so that classes given to a group hold for who is in it. */
import type { Job } from './jobs.ts';

/** `settle` puts on record what changed, and nothing where nothing did. */
export function retentionGroups(settle: () => Promise<unknown>): Job {
  return {
    name: 'retention-groups',
    cron: '43 * * * *',
    run: async () => {
      await settle();
    },
  };
}
