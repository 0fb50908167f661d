/**
 * Our webhooks at the gateway, one for each event, under names of ours so that registering again replaces them. They
 * stay while we are down: the phone goes on calling, and repeats until somebody answers.
 */
import { z } from 'zod';
import type { ConnectorId } from '../../core/ids.ts';
import { wantedEvents } from './events.ts';
import type { Gateway } from './gateway.ts';

const listed = z.array(z.object({ id: z.string(), url: z.string(), event: z.string() }));

export interface Registration {
  readonly connector: ConnectorId;
  readonly url: string;
  readonly deviceId: string | undefined;
}

/** @returns the status of what the gateway last answered: 2xx where all are there; @throws FetchFailed */
export async function registerWebhooks(gateway: Gateway, { connector, url, deviceId }: Registration): Promise<number> {
  const answer = await gateway.get('/webhooks');
  const known = listed.safeParse(answer.body).data;
  if (answer.status !== 200 || known === undefined) return answer.status === 200 ? 502 : answer.status;
  for (const event of wantedEvents) {
    const id = nameOf(connector, event);
    if (known.some((one) => one.id === id && one.url === url && one.event === event)) continue;
    const { status } = await gateway.post('/webhooks', {
      ...{ id, url, event },
      ...(deviceId === undefined ? {} : { deviceId }),
    });
    if (status !== 201 && status !== 200) return status;
  }
  // Registered by hand, or under an earlier name of the connector: each event would come twice.
  const ours = new Set(wantedEvents.map((event) => nameOf(connector, event)));
  for (const { id } of known.filter((one) => one.url === url && !ours.has(one.id))) {
    await gateway.delete(`/webhooks/${encodeURIComponent(id)}`);
  }
  return 200;
}

/** At most 36 characters. */
function nameOf(connector: ConnectorId, event: string): string {
  return `gh-${event.replace(/:/gu, '-')}-${connector}`.slice(0, 36);
}
