import { z } from 'zod';
import { say } from '../problem.ts';
import { section } from '../section.ts';
import { groupName, room, userId } from '../values/ids.ts';

const group = z.union([z.array(userId), section({ room }), section({ directory: z.string().min(1) })], {
  error: say(
    'is not a group',
    'write a list of users ["@alice:acme.example"], {room: "#support:acme.example"} or {directory: name}',
  ),
});

export const groupsSection = z
  .record(groupName, group)
  .prefault({})
  .describe(
    'Named sets of staff, usable wherever a person is: a list, the members of a Matrix room, or a directory group.',
  );
