/** What doctor says of each network: what it carries, who keeps what comes while we are down, where its provider calls. */
import type { Config, ConnectorType } from '../../config/config.ts';
import type { ConnectorSettings } from '../../config/connector-settings.ts';
import { carriesWords, keptWords } from '../../networks/capability-words.ts';
import { fine, warning, type Finding } from './finding.ts';

const TIMEOUT_MS = 5_000;
const MOST_CHARS = 1_000;

/** @param running without it nobody answers at the public address */
export async function checkNetworks(config: Config, running: boolean): Promise<readonly Finding[]> {
  const found = config.connectors.map(async (connector) => {
    const type = config.connectorTypes.get(connector.id);
    return type === undefined
      ? []
      : [...said(connector, type), ...(await called(connector, type, { config, running }))];
  });
  return (await Promise.all(found)).flat();
}

function said(connector: ConnectorSettings, type: ConnectorType): readonly Finding[] {
  const { id } = connector;
  const most = type.mostOf?.(connector.reveal());
  if (most === undefined) return [];
  const kept = `${id}: ${keptWords(most)}`;
  return [
    fine(`carries-${id}`, `${id} carries ${carriesWords(most)}`),
    most.keepsInbound === 'nobody' ? warning(`keeps-${id}`, kept) : fine(`keeps-${id}`, kept),
  ];
}

interface Around {
  readonly config: Config;
  readonly running: boolean;
}

async function called(
  connector: ConnectorSettings,
  type: ConnectorType,
  { config, running }: Around,
): Promise<readonly Finding[]> {
  const { id } = connector;
  const { publicUrl } = config;
  if (publicUrl === undefined || type.needsPublicUrl?.(connector.reveal()) !== true) return [];
  const url = `${publicUrl.replace(/\/+$/u, '')}/webhooks/${id}`;
  const give = `${id}: its provider calls ${url}`;
  if (!running) return [fine(`webhook-${id}`, give)];
  const trouble = await troubleAt(url, type.firstCall?.(connector.reveal()));
  if (trouble === undefined) return [fine(`webhook-${id}`, `${give}, and Gatehouse answers there`)];
  const fix =
    'look at its name, its certificate and what stands before listen.webhooks; some networks let nobody call from inside';
  return [warning(`webhook-${id}`, `${give}; from here ${trouble}`, fix)];
}

/** What the webhooks listener says to a stranger's GET; with the first call it must be the very answer. */
const STRANGER: ReadonlySet<number> = new Set([401, 403, 405]);

async function troubleAt(url: string, first: ReturnType<NonNullable<ConnectorType['firstCall']>>) {
  const asked = first === undefined ? url : `${url}?${first.query}`;
  try {
    const answer = await fetch(asked, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = (await answer.text()).slice(0, MOST_CHARS);
    const isOurs = first === undefined ? STRANGER.has(answer.status) : answer.status === 200 && text === first.answer;
    return isOurs ? undefined : `something else answers (${String(answer.status)})`;
  } catch {
    return 'nobody answers';
  }
}
