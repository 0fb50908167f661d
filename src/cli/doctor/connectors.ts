/** What doctor asks of the networks: does the way to each provider exist. */
import { connect } from 'node:net';
import { z } from 'zod';
import type { Config } from '../../config/config.ts';
import type { ConnectorSettings } from '../../config/connector-settings.ts';
import type { Clock } from '../../core/clock.ts';
import type { NetworkId } from '../../core/ids.ts';
import { refusedLogin } from '../../core/refused-login.ts';
import type { ConnectorHealth } from '../../core/ports/health.ts';
import { broken, fine, warning, type Finding } from './finding.ts';

const TIMEOUT_MS = 5_000;
const tcp = z.object({ host: z.string(), port: z.number().int() });

/** What the running process says of a connector; undefined when none runs. */
export type StateOf = (id: string) => ConnectorHealth | undefined;

export async function checkConnectors(config: Config, clock: Clock, stateOf: StateOf): Promise<readonly Finding[]> {
  const found = await Promise.all(
    config.connectors.map((connector) => checkConnector(connector, config, { clock, stateOf })),
  );
  if (config.lines.length > 0) return found;
  return [
    ...found,
    warning(
      'lines',
      'no line: nothing can be sent or received',
      'add one under lines: docs/networks.md leads to how, for each network',
    ),
  ];
}

async function checkConnector(
  connector: ConnectorSettings,
  { lines }: Pick<Config, 'lines'>,
  { clock, stateOf }: { readonly clock: Clock; readonly stateOf: StateOf },
): Promise<Finding> {
  const id = `connector-${connector.id}`;
  const target = tcp.safeParse(connector.reveal());
  const where = target.success ? ` ${target.data.host}:${String(target.data.port)}` : '';
  const name = `${connector.id}${where}`;
  const state = stateOf(connector.id);
  const network = lines.find((line) => line.connector === connector.id)?.network;
  if (state !== undefined) return fromState({ id, name, network }, state);
  if (!target.success) return warning(id, `${name} (${connector.type}): not checked, Gatehouse is not running`);
  const startedAt = clock.monotonic();
  const reached = await reaches(target.data);
  if (reached === true) return fine(id, `${name}  reached in ${String(Math.round(clock.monotonic() - startedAt))} ms`);
  return broken(
    id,
    `${name} can't be reached (${reached})`,
    'check host, port and firewall; the provider may have to allow our address',
  );
}

interface Named {
  readonly id: string;
  readonly name: string;
  /** Of its lines. */
  readonly network: NetworkId | undefined;
}

function fromState({ id, name, network }: Named, state: ConnectorHealth): Finding {
  switch (state) {
    case 'connected':
      return fine(id, `${name}  connected`);
    case 'starting':
    case 'connecting':
    case 'degraded':
      return warning(id, `${name}  ${state}`, 'look again in a minute; gatehouse keeps trying');
    case 'bad-credentials':
      return broken(
        id,
        `${name} ${refusedLogin(network)}`,
        'correct it in the secret that the config names, and restart',
      );
    case 'logged-out':
      return broken(
        id,
        `${name} ${refusedLogin(network)}`,
        'connect the account again, or have it let in: docs/networks.md leads to how; why is told above',
      );
    case 'failed':
      return broken(
        id,
        `${name} can't begin; it is tried again by itself`,
        'why is told above; put that right, and after a change of the config restart Gatehouse',
      );
    case 'stopped':
      return broken(id, `${name}  stopped`, 'restart Gatehouse');
  }
}

/** True, or what the system calls the reason. */
function reaches(target: { readonly host: string; readonly port: number }): Promise<true | string> {
  return new Promise((resolve) => {
    const socket = connect({ host: target.host, port: target.port });
    const end = (result: true | string): void => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(TIMEOUT_MS, () => {
      end('no answer');
    });
    socket.once('connect', () => {
      end(true);
    });
    socket.once('error', (error) => {
      end('code' in error ? String(error.code) : 'error');
    });
  });
}
