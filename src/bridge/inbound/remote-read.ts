/** Task `remote.read`: the customer has read a message of ours. Their ghost's read receipt moves there. */
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { messageAt } from '../messages/message-store.ts';
import { sentAs } from '../messages/provider-id-store.ts';
import { ghostOf } from '../portals/ghost.ts';
import { portalById } from '../portals/portal-store.ts';

const DONE: Turn = { to: 'done' };

/** Told once: ✓✓ and the record say it too, so a homeserver that can't be told now keeps nothing waiting. */
export function createRemoteReadHandler(deps: BridgeDeps): TaskHandler {
  return async (_task, entry) => {
    if ('erased' in entry || entry.kind !== 'network.receipt' || deps.live === undefined) return DONE;
    const { connector, remoteId, matches, by } = entry.body;
    const { views } = deps.journal;
    const found = await views.read(async (reading) => {
      const sent = await sentAs(reading, views.sealer, { connector, ids: [remoteId, ...(matches ?? [])] });
      const message = sent === undefined ? undefined : await messageAt(reading, sent.of);
      const portal = message === undefined ? undefined : await portalById(reading, views.sealer, message.portal);
      return message === undefined || portal === undefined ? undefined : { message, portal };
    });
    if (found?.message.event === undefined || found.message.room === undefined) return DONE;
    const { message, portal } = found;
    const as = ghostOf({ network: portal.network, address: by ?? portal.address }, deps.homeserver.domain);
    const told = await deps.live.read({ as, room: found.message.room, event: found.message.event });
    if (!told.ok) deps.log.debug('bridge.receipt-untold', { portal: message.portal, why: told.error.kind });
    return DONE;
  };
}
