/** What happens to rooms and to who is in them, and what is done about it: one handler for each kind of task. */
import type { TaskHandler } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { createInvitedHandler } from './invitations.ts';
import { createRoomMovedHandler } from './move-our-room.ts';
import { createMoveHandler } from './move-portal.ts';
import { createOutsiderHandler } from './outsiders.ts';
import { createPutBackHandler } from './put-back.ts';
import { createSettingHandler } from './settings.ts';
import {
  createGhostRefusedHandler,
  createUnsentHandler,
  createUnshownHandler,
  createUnstaffedHandler,
} from './told-outcomes.ts';

export function roomLifeHandlers(deps: BridgeDeps): readonly (readonly [string, TaskHandler])[] {
  return [
    ['moved', createMoveHandler(deps)],
    ['room.moved', createRoomMovedHandler(deps)],
    ['ghost.removed', createPutBackHandler(deps)],
    ['setting', createSettingHandler(deps)],
    ['outsider', createOutsiderHandler(deps)],
    ['invited', createInvitedHandler(deps)],
    ['unsent', createUnsentHandler(deps)],
    ['ghost.refused', createGhostRefusedHandler(deps)],
    ['unstaffed', createUnstaffedHandler(deps)],
    ['unshown', createUnshownHandler(deps)],
  ];
}
