/** Every notice is a task in a lane of its own. */
import { lane } from '../../../src/core/ids.ts';
import type { WriterPart } from '../../../src/journal/projection.ts';

export const noticeTasks: WriterPart = {
  projections: [],
  planners: [
    {
      name: 'notices',
      reads: [],
      plan: (entry) =>
        Promise.resolve(
          entry.kind === 'staff.notice' ? [{ kind: 'send', lane: lane('out', `p${entry.position}`) }] : [],
        ),
    },
  ],
};
