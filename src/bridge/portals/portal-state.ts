/** What a portal's room says of itself: that it is bridged, where to, and in which space it stands. */
import { networkName } from '../../core/address.ts';
import type { RoomId, UserId } from '../../core/ids.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { Portal } from './portal-store.ts';

/** In the creation content of every portal that we made: by it a room is found again after a crash. */
export const PORTAL_MARK = 'org.gatehouse.portal';

interface StateEvent {
  readonly type: string;
  readonly state_key: string;
  readonly content: JsonObject;
}

export function portalState(
  portal: Portal,
  as: { readonly title: string; readonly space: RoomId; readonly bot: UserId; readonly domain: string },
): readonly StateEvent[] {
  const { title, space, bot, domain } = as;
  return [
    { type: 'm.space.parent', state_key: space, content: { via: [domain], canonical: true } },
    ...bridgeState(portal, title, bot),
  ];
}

/** MSC2346. */
export function bridgeState(portal: Portal, title: string, bot: UserId): readonly StateEvent[] {
  return ['m.bridge', 'uk.half-shot.bridge'].map((type) => ({
    type,
    state_key: `org.gatehouse/${portal.network}/${portal.portal}`,
    content: bridgeInfo(portal, title, bot),
  }));
}

/** The title that `bridgeState` was given. */
export function titleIn(content: JsonObject | undefined): string | undefined {
  const channel = content?.['channel'];
  const title = isJsonObject(channel) ? channel['displayname'] : undefined;
  return typeof title === 'string' ? title : undefined;
}

function bridgeInfo(portal: Portal, title: string, bot: UserId): JsonObject {
  return {
    bridgebot: bot,
    creator: bot,
    protocol: { id: portal.network, displayname: networkName(portal.network) },
    channel: { id: portal.address, displayname: title },
  };
}
