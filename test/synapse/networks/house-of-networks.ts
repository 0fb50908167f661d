/**
 * One company with a line on every network: a real Synapse, Gatehouse as a process, and the providers' simulators (for
 * XMPP a real Prosody). The same acts as the connector kit's, with people whose client is not ours.
 */
import { YAMLMap, YAMLSeq, type Document } from 'yaml';
import { freePort } from '../../../src/demo/synapse/free-port.ts';
import type { MakeNetwork, Network } from '../../contract/network.ts';
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

function listAt(config: Document, key: string): YAMLSeq {
  const list = config.get(key);
  if (list instanceof YAMLSeq) return list;
  throw new Error(`the config has no ${key}`);
}

/** Who is on the line that `init` made is on all of them. */
function staffOf(config: Document): unknown {
  const [first] = listAt(config, 'lines').items;
  return first instanceof YAMLMap ? first.get('staff', true) : undefined;
}

export async function houseOfNetworks(joined: readonly Joined[]): Promise<HouseOfNetworks> {
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${String(port)}`;
  const networks = new Map<string, Network>();
  for (const { id, make } of joined) {
    networks.set(id, await make({ door: { url: `${publicUrl}/webhooks/${id}` } }));
  }
  const configure = (config: Document): void => {
    config.setIn(['listen', 'webhooks'], `127.0.0.1:${String(port)}`);
    config.set('publicUrl', publicUrl);
    const fetchFrom = [...networks.values()].flatMap((network) => network.fetchFrom ?? []);
    config.setIn(['media', 'fetchFrom'], config.createNode(fetchFrom));
    // The line that `init` made stays, on a number of its own.
    config.setIn(['lines', 0, 'address'], '+12025550111');
    for (const { id, type } of joined) {
      const { settings, line = '+12025550100' } = networks.get(id) ?? {};
      listAt(config, 'connectors').add(config.createNode({ id, type, ...settings }));
      const staff = staffOf(config);
      listAt(config, 'lines').add(config.createNode({ id, name: id, connector: id, address: line, staff }));
    }
  };
  const staffed = await staffedHouse({ configure });
  return {
    staffed,
    network: (id) => {
      const found = networks.get(id);
      if (found === undefined) throw new Error(`no network ${id}`);
      return found;
    },
    [Symbol.asyncDispose]: async () => {
      await staffed[Symbol.asyncDispose]();
      for (const network of networks.values()) await network.close();
    },
  };
}
