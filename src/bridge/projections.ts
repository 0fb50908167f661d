/** The bridge's part in the writer: where entries belong, its tables, and the tasks that follow. */
import type { WriterPart } from '../journal/projection.ts';
import { contactsProjection } from './contacts/contact-store.ts';
import { ghostsProjection } from './contacts/ghost-store.ts';
import { marksProjection } from './marks/mark-store.ts';
import { messagesProjection } from './messages/message-projection.ts';
import { createPlacing } from './messages/placing.ts';
import { bridgePlanner } from './planner.ts';
import { groupMembersProjection } from './portals/group-members-store.ts';
import { portalsProjection } from './portals/portal-store.ts';
import { roomNamesProjection } from './portals/room-name-store.ts';
import { roomsProjection } from './portals/room-store.ts';
import { absenceProjection } from './rooms/absence-store.ts';
import { roomLineageProjection } from './portals/room-lineage-store.ts';
import { roomPlanner } from './rooms/room-planner.ts';

/** `domain` is the homeserver's: it says whose user an id is. A projection reads only those before it. */
export function bridgeWriterPart(options: { readonly domain: string }): WriterPart {
  return {
    placing: createPlacing(options.domain),
    projections: [
      contactsProjection,
      portalsProjection,
      groupMembersProjection,
      roomLineageProjection(options.domain),
      ghostsProjection,
      messagesProjection,
      marksProjection(options.domain),
      roomsProjection(options.domain),
      roomNamesProjection,
      absenceProjection(options.domain),
    ],
    planners: [bridgePlanner(options.domain), roomPlanner(options.domain)],
  };
}
