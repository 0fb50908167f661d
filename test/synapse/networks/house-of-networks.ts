/**
 * One company with a line on every network: a real Synapse, Gatehouse as a process, and the providers' simulators (for
 * XMPP a real Prosody). The same acts as the connector kit's, with people whose client is not ours.
 */
import type { Document } from 'yaml';
import { freePort } from '../../../src/demo/synapse/free-port.ts';
import type { MakeNetwork, Network } from '../../contract/network.ts';
import { addNetworks } from '../../support/networks-config.ts';
import { staffedHouse, type StaffedHouse } from '../../support/staffed-house.ts';

export interface Joined {
  /** Of its connector and its line. */
  readonly id: string;
  readonly type: string;
  readonly make: MakeNetwork;
}

export interface HouseOfNetworks extends AsyncDisposable {
  readonly staffed: StaffedHouse;
  network(id: string): Network;
}

/** @param more further changes of the config before the first start */
export async function houseOfNetworks(
  joined: readonly Joined[],
  more: (config: Document) => void = () => undefined,
): Promise<HouseOfNetworks> {
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${String(port)}`;
  const networks = new Map<string, Network>();
  const found = (id: string): Network => {
    const network = networks.get(id);
    if (network === undefined) throw new Error(`no network ${id}`);
    return network;
  };
  for (const { id, make } of joined) {
    networks.set(id, await make({ door: { url: `${publicUrl}/webhooks/${id}` } }));
  }
  const configure = (config: Document): void => {
    addNetworks(
      config,
      port,
      joined.map(({ id, type }) => ({ id, type, network: found(id) })),
    );
    more(config);
  };
  const staffed = await staffedHouse({ configure });
  return {
    staffed,
    network: found,
    [Symbol.asyncDispose]: async () => {
      await staffed[Symbol.asyncDispose]();
      for (const network of networks.values()) await network.close();
    },
  };
}
