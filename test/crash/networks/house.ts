/** A company with a line on every network: Synapse and Gatehouse as processes, the providers here, where nobody kills them. */
import { join } from 'node:path';
import { openHouse, type House } from '../../../src/demo/house.ts';
import { freePort } from '../../../src/demo/synapse/free-port.ts';
import { installSynapse } from '../../../src/demo/synapse/install.ts';
import type { Client } from '../../../src/demo/client.ts';
import { addNetworks, type OnConfig } from '../../support/networks-config.ts';
import { Killer } from '../killer.ts';
import { RoomsSeen } from '../rooms-seen.ts';
import { SeededRandom } from '../seeded-random.ts';
import type { Deed } from '../history.ts';
import type { Player } from './player.ts';
import { networks } from './players/players.ts';
import { NetworkTraffic } from './traffic.ts';

const CACHE = join(import.meta.dirname, '../../../.cache/synapse');
const PORTAL_WITHIN_MS = 60_000;

export interface NetworkRun extends AsyncDisposable {
  readonly house: House;
  readonly alice: Client;
  readonly rooms: RoomsSeen;
  readonly random: SeededRandom;
  readonly traffic: NetworkTraffic;
  readonly killer: Killer;
  /** Of the killer's. */
  readonly deeds: readonly Deed[];
  readonly players: ReadonlyMap<string, Player>;
}

export interface NetworkRunOptions {
  /** Everything lies below it. */
  readonly dir: string;
  readonly seed: number;
  /** Of each network. */
  readonly customers: number;
}

/** Resolves when every customer has a portal. */
export async function openNetworkRun({ dir, seed, customers }: NetworkRunOptions): Promise<NetworkRun> {
  await using undo = new AsyncDisposableStack();
  process.env['NODE_COMPILE_CACHE'] ??= join(CACHE, '../node');
  const installation = await installSynapse({ cacheDir: CACHE });
  const port = await freePort();
  const joined: (OnConfig & { readonly network: Player })[] = [];
  for (const { id, type, make } of networks) {
    const network = await make(`http://127.0.0.1:${String(port)}/webhooks/${id}`);
    undo.defer(() => network.close());
    joined.push({ id, type, network });
  }
  const house = undo.use(
    await openHouse({
      ...{ installation, dir, staff: ['alice'] },
      configure: (config) => {
        addNetworks(config, port, joined);
      },
    }),
  );
  const alice = await house.login('alice', true);
  undo.defer(() => alice.stop());
  const random = new SeededRandom(seed);
  const traffic = new NetworkTraffic({ alice, random });
  const deeds: Deed[] = [];
  const note = (deed: Deed): void => {
    deeds.push(deed);
    if (deed.what === 'killed') for (const { network } of joined) network.died?.();
  };
  const killer = new Killer({
    ...{ gatehouse: house.gatehouse, random, history: { note } },
    moved: () => Promise.resolve(traffic.moved),
  });
  for (let n = 0; n < customers; n += 1) for (const { id, network } of joined) traffic.newcomer(id, network);
  for (const customer of traffic.customers) {
    await alice.until(`the portal of ${customer.name}`, () => traffic.roomOf(customer), PORTAL_WITHIN_MS);
  }
  const rooms = await RoomsSeen.login(house.synapse.url, 'alice', house.password);
  const opened = undo.move();
  return {
    ...{ house, alice, rooms, random, traffic, killer, deeds },
    players: new Map(joined.map(({ id, network }) => [id, network])),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
