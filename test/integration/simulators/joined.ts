/** A section of docs/simulators.md with its connector in this process: the config is read and checked as Gatehouse does. */
import path from 'node:path';
import { connectorTypesOf } from '../../../src/cli/connector-types.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { problemText } from '../../../src/config/problem.ts';
import { systemClock } from '../../../src/core/clock.ts';
import type { Address } from '../../../src/core/ids.ts';
import type { Connector } from '../../../src/core/ports/connector.ts';
import type { FollowedLink, Webhook } from '../../../src/core/ports/webhook.ts';
import { startWebhookListener } from '../../../src/http/webhook-listener.ts';
import { createFetching } from '../../../src/networks/fetch/fetching.ts';
import { loadConnector } from '../../../src/networks/registry.ts';
import { TestCore } from '../../contract/networks/test-core.ts';
import { newInstallation } from '../../support/installation.ts';
import { KeptLog, KeptMetrics } from '../../support/quiet.ts';
import { writeConfig, type Section } from './tried.ts';

const CONFIG = 'config/tried.yaml';
const noFiles = (): Promise<FollowedLink> => Promise.resolve({ is: 'unknown' });

export interface Joined extends AsyncDisposable {
  readonly core: TestCore;
  readonly connector: Connector;
  readonly line: Address;
}

/** @throws Error with what `gatehouse config check` says of the config */
export async function joined(section: Section & { readonly webhooksPort: number }): Promise<Joined> {
  await using undo = new AsyncDisposableStack();
  const place = undo.use(newInstallation());
  writeConfig(section, { example: place.example, file: path.join(place.cwd, CONFIG) });
  const config = await loadConfig(CONFIG, { cwd: place.cwd, env: {}, connectorTypes: await connectorTypesOf() });
  if (!config.ok) throw new Error(config.error.map(problemText).join('\n'));
  const [settings] = config.value.connectors;
  const [line] = config.value.lines;
  if (settings === undefined || line === undefined) throw new Error('no connector, or no line');
  const module = await loadConnector(settings);
  if (!module.ok) throw new Error(module.error);

  const webhook: { at?: Webhook } = {};
  const connectors = [settings.id];
  const at = { host: '127.0.0.1', port: section.webhooksPort };
  const heard = { log: new KeptLog(), metrics: new KeptMetrics() };
  undo.use(await startWebhookListener({ at, connectors, webhookOf: () => webhook.at, follow: noFiles, ...heard }));
  const fetching = undo.use(createFetching({ clock: systemClock }));
  const core = new TestCore({ lines: [line.address], fetching });
  const connector = module.value.open(
    {
      ...core.context(),
      id: settings.id,
      http: {
        url: `http://127.0.0.1:${String(section.webhooksPort)}/webhooks/${settings.id}`,
        onRequest: (given) => {
          webhook.at = given;
        },
      },
    },
    settings.reveal(),
  );
  undo.defer(() => connector.stop(2_000));
  await connector.start();
  const all = undo.move();
  return { core, connector, line: line.address, [Symbol.asyncDispose]: () => all.disposeAsync() };
}
