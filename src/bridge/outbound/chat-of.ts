/** The chat behind a room: its portal, line and connector. */
import type { RoomId } from '../../core/ids.ts';
import type { Line } from '../../core/line.ts';
import type { Capabilities } from '../../core/ports/capabilities.ts';
import type { Connector } from '../../core/ports/connector.ts';
import type { ChatRef } from '../../core/ports/outbound.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { portalByRoom, type Portal } from '../portals/portal-store.ts';

/** Why nothing reaches the customer, behind "and" or a colon, where there is no chat any more. */
export const NO_LINE = 'its line is no longer set up in Gatehouse';

export interface Chat {
  readonly portal: Portal;
  readonly line: Line;
  readonly connector: Connector;
}

/** Undefined where the line or its connector is no longer in the config. */
export function chatOf(
  portal: Portal,
  { lines, connectors }: Pick<BridgeDeps, 'lines' | 'connectors'>,
): Chat | undefined {
  const line = lines.find((one) => one.id === portal.line);
  const connector = line === undefined ? undefined : connectors(line.connector);
  return line === undefined || connector === undefined ? undefined : { portal, line, connector };
}

export async function chatInRoom(room: RoomId, deps: BridgeDeps): Promise<Chat | undefined> {
  const { views } = deps.journal;
  const portal = await views.read((reading) => portalByRoom(reading, views.sealer, room));
  return portal === undefined ? undefined : chatOf(portal, deps);
}

export function refOf({ portal, line }: Chat): ChatRef {
  return { from: line.address, to: portal.address };
}

/** What the network can do in this very chat. */
export function capabilitiesIn(chat: Chat): Capabilities {
  return chat.connector.capabilities(refOf(chat));
}
