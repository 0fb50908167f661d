/** Lines on providers that are simulated here, written into the config of a house. */
import { YAMLMap, YAMLSeq, type Document } from 'yaml';
import type { Network } from '../contract/network.ts';

/** What of a simulator goes into a config. */
export type Simulated = Pick<Network, 'settings' | 'line' | 'fetchFrom' | 'close'>;

export interface OnConfig {
  /** Of its connector and its line. */
  readonly id: string;
  readonly type: string;
  readonly network: Simulated;
}

/** Everybody who is on the line that `init` made is on all of them; that line stays, on a number of its own. */
export function addNetworks(config: Document, port: number, joined: readonly OnConfig[]): void {
  config.setIn(['listen', 'webhooks'], `127.0.0.1:${String(port)}`);
  config.set('publicUrl', `http://127.0.0.1:${String(port)}`);
  const fetchFrom = joined.flatMap(({ network }) => network.fetchFrom ?? []);
  config.setIn(['media', 'fetchFrom'], config.createNode(fetchFrom));
  config.setIn(['lines', 0, 'address'], '+12025550111');
  for (const { id, type, network } of joined) {
    const { settings, line = '+12025550100' } = network;
    listAt(config, 'connectors').add(config.createNode({ id, type, ...settings }));
    const staff = staffOf(config);
    listAt(config, 'lines').add(config.createNode({ id, name: id, connector: id, address: line, staff }));
  }
}

function listAt(config: Document, key: string): YAMLSeq {
  const list = config.get(key);
  if (list instanceof YAMLSeq) return list;
  throw new Error(`the config has no ${key}`);
}

function staffOf(config: Document): unknown {
  const [first] = listAt(config, 'lines').items;
  return first instanceof YAMLMap ? first.get('staff', true) : undefined;
}
