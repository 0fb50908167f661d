/** What doctor says of each network: what it carries, who keeps what comes while we are down, where its provider calls. */
import type { Config, ConnectorType } from '../../config/config.ts';
import type { ConnectorSettings } from '../../config/connector-settings.ts';
import { carriesWords, keptWords } from '../../networks/capability-words.ts';
import { fine, warning, type Finding } from './finding.ts';

const TIMEOUT_MS = 5_000;
const MOST_CHARS = 1_000;

/** @param running without it nobody answers at the public address */
export async function checkNetworks(config: Config, running: boolean): Promise<readonly Finding[]> {
  const counted = running ? await webhookCalls(config.listen.admin) : [];
  const found = config.connectors.map(async (connector) => {
    const type = config.connectorTypes.get(connector.id);
    return type === undefined
      ? []
      : [
          ...said(connector, type),
          ...(await called(connector, type, { config, running })),
          ...refused(connector.id, counted),
        ];
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

/** What the webhooks listener says to a method that no provider calls by; with the first call it must be the very answer. */
const STRANGER: ReadonlySet<number> = new Set([401, 403, 405]);

async function troubleAt(url: string, first: ReturnType<NonNullable<ConnectorType['firstCall']>>) {
  const asked = first === undefined ? url : `${url}?${first.query}`;
  // A GET would be counted among the calls that are refused, of which doctor warns.
  const method = first === undefined ? 'OPTIONS' : 'GET';
  try {
    const answer = await fetch(asked, { method, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
    const { status } = answer;
    const text = (await answer.text()).slice(0, MOST_CHARS);
    const isOurs = first === undefined ? STRANGER.has(status) : status === 200 && text === first.answer;
    if (isOurs) return undefined;
    // No provider goes on to another address: a signature would not fit it.
    const sentOn = status >= 300 && status < 400;
    return `${sentOn ? 'it is sent on to another address' : 'something else answers'} (${String(status)})`;
  } catch (error) {
    const code = codeUnder(error);
    return /CERT|TLS|SSL|SIGNATURE/u.test(code) ? `its certificate is not believed (${code})` : 'nobody answers';
  }
}

/** What the system calls the reason for which a request came to nothing. */
function codeUnder(error: unknown): string {
  const code = member(member(error, 'cause'), 'code');
  return typeof code === 'string' ? code : '';
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

interface Calls {
  readonly connector: string;
  readonly status: string;
  readonly times: number;
}

const COUNTED = /^gatehouse_webhook_requests_total\{connector="([^"]*)",status="(\d{3})"\} (\d+)$/gmu;

/** What came to the webhooks since the start, by the answer; nothing where the metrics can't be read. */
async function webhookCalls({ host, port }: Config['listen']['admin']): Promise<readonly Calls[]> {
  const at = host.includes(':') ? `[${host}]` : host;
  try {
    const answer = await fetch(`http://${at}:${String(port)}/metrics`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const lines = (await answer.text()).matchAll(COUNTED);
    return Array.from(lines, ([, connector = '', status = '', times]) => ({ connector, status, times: Number(times) }));
  } catch {
    return [];
  }
}

const REFUSED: readonly (readonly [status: string, what: string, fix: string])[] = [
  [
    '401',
    'had a wrong signature',
    "if its provider's own calls are refused, the config has another secret or publicUrl than the provider: correct it, and restart",
  ],
  [
    '403',
    'were signed at another time, had come before, or asked with another word',
    "if its provider's own calls are refused, set the clocks of this machine and of the provider's device right, and compare the verify token",
  ],
];

/** A wrong secret or clock lets everything look well, while nothing of what customers write comes in. */
function refused(id: string, calls: readonly Calls[]): readonly Finding[] {
  return REFUSED.flatMap(([status, what, fix]) => {
    const times = calls.find((one) => one.connector === id && one.status === status)?.times ?? 0;
    const words = `${id}: of the calls at its webhook since the start, ${String(times)} ${what}`;
    return times === 0 ? [] : [warning(`refused-${status}-${id}`, words, fix)];
  });
}
