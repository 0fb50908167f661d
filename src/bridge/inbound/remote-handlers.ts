/** The tasks that follow from what a network brings beside messages. */
import type { TaskHandler } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { filesInRooms } from '../files/files-in-rooms.ts';
import { createAccountAlertHandler } from './account-alert.ts';
import { createChatNamedHandler } from './chat-named.ts';
import { createConsentToldHandler } from './consent-told.ts';
import { createRemoteEditHandler } from './remote-edit.ts';
import { createRemoteReactHandler } from './remote-react.ts';
import { createRemoteReadHandler } from './remote-read.ts';
import { createRemoteRedactHandler } from './remote-redact.ts';

export function remoteHandlers(deps: BridgeDeps): readonly (readonly [kind: string, run: TaskHandler])[] {
  return [
    ['remote.edit', createRemoteEditHandler(deps, filesInRooms(deps))],
    ['remote.redact', createRemoteRedactHandler(deps)],
    ['remote.react', createRemoteReactHandler(deps)],
    ['remote.read', createRemoteReadHandler(deps)],
    ['chat.named', createChatNamedHandler(deps)],
    ['consent.told', createConsentToldHandler(deps)],
    ['account.alert', createAccountAlertHandler(deps)],
  ];
}
