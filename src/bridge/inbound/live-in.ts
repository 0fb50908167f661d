/**
 * A customer types, or is there: shown by their ghost while it lasts, at a bounded rate. Never recorded, and only for those
 * who have written before.
 */
import { ghostUserId } from '../../core/address.ts';
import type { ConnectorId, NetworkId, RoomId, UserId } from '../../core/ids.ts';
import type { Line } from '../../core/line.ts';
import { endsOf } from '../../core/network-entries.ts';
import type { RemotePresence, RemoteTyping } from '../../core/ports/connector.ts';
import type { LiveHomeserver } from '../../core/ports/live-homeserver.ts';
import type { BridgeDeps } from '../bridge-deps.ts';
import { ghostNamed } from '../contacts/ghost-store.ts';
import { membershipOf } from '../portals/room-member-store.ts';
import { placeOfAddress, placeOfPortal } from '../portals/portal-store.ts';

const TYPING_MS = 20_000;
const MOST_TYPING_MS = 60_000;
/** What comes faster than it can be shown is left out. */
const MOST_AT_ONCE = 20;

export class LiveIn {
  readonly #deps: BridgeDeps;
  readonly #live: LiveHomeserver;
  #running = 0;

  constructor(deps: BridgeDeps, live: LiveHomeserver) {
    this.#deps = deps;
    this.#live = live;
  }

  typing(connector: ConnectorId, typing: RemoteTyping): void {
    this.#aside('typing', () => this.#showTyping(connector, typing));
  }

  presence(connector: ConnectorId, presence: RemotePresence): void {
    this.#aside('presence', () => this.#showPresence(connector, presence));
  }

  #aside(what: string, show: () => Promise<void>): void {
    if (this.#running >= MOST_AT_ONCE) return;
    this.#running += 1;
    void show()
      .catch((error: unknown) => {
        this.#deps.log.debug('bridge.live-untold', { what, why: error instanceof Error ? error.name : '' });
      })
      .finally(() => {
        this.#running -= 1;
      });
  }

  async #showTyping(connector: ConnectorId, typing: RemoteTyping): Promise<void> {
    const { line: address, chat, writer } = endsOf(typing);
    const line = this.#deps.lines.find((one) => one.connector === connector && one.address === address);
    if (line === undefined || typing.own === true) return;
    const as = ghostUserId(line.network, writer, this.#deps.homeserver.domain);
    const room = await this.#roomWith(line, chat, as);
    if (room === undefined) return;
    const forMs = Math.min(Math.max(typing.forMs ?? TYPING_MS, 1_000), MOST_TYPING_MS);
    await this.#live.typing({ as, room, on: typing.on, forMs });
  }

  /** The room of the chat, once the ghost is in it. */
  async #roomWith(line: Line, address: RemotePresence['from'], ghost: UserId): Promise<RoomId | undefined> {
    const { views } = this.#deps.journal;
    return views.read(async (reading) => {
      const place = await placeOfAddress(reading, views.sealer, { line: line.id, network: line.network, address });
      const room = place === undefined ? undefined : (await placeOfPortal(reading, place.portal))?.room;
      if (room === undefined) return undefined;
      return (await membershipOf(reading, views.sealer, { room, user: ghost })) === 'join' ? room : undefined;
    });
  }

  async #showPresence(connector: ConnectorId, { from, state, words }: RemotePresence): Promise<void> {
    const network: NetworkId | undefined = this.#deps.lines.find((one) => one.connector === connector)?.network;
    if (network === undefined) return;
    const as = ghostUserId(network, from, this.#deps.homeserver.domain);
    const { views } = this.#deps.journal;
    const known = await views.read((reading) => ghostNamed(reading, views.sealer, as));
    if (known === undefined) return;
    await this.#live.presence({ as, state, ...(words === undefined ? {} : { words }) });
  }
}
