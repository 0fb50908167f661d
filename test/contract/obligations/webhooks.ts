/** Who isn't the provider is turned away, and leaves nothing but a counter. */
import { expect } from '@jest/globals';
import type { WebhookRequest } from '../../../src/core/ports/webhook.ts';
import type { Obligations } from '../connector-kit.ts';
import type { Rig } from '../rig.ts';

const statuses = { 'bad-signature': 401, refused: 403, replay: 403, 'not-understood': 400 } as const;

async function refusesForgeries({ network, core, door }: Rig): Promise<void> {
  if (core.webhook === undefined) return;
  const forgeries = (await network.forgeries?.()) ?? [];
  expect(forgeries.length).toBeGreaterThanOrEqual(2);
  const before = leftBehind(core);
  for (const { what, request, answer } of forgeries) {
    const answered = await core.call(request);
    expect({ what, ...answered }).toMatchObject({ what, to: answer });
    const status = await overTheSocket(door, request);
    expect({ what, status }).toEqual({ what, status: statuses[answer] });
    expect(Array.from(door.metrics.counts.keys())).toContain(`webhook_requests carrier ${String(status)}`);
  }
  expect(leftBehind(core)).toEqual(before);
  expect(door.log.events()).not.toContain('webhook.failed');
}

async function overTheSocket(door: Rig['door'], { method, target, headers, body }: WebhookRequest): Promise<number> {
  const sent = new Headers();
  for (const [name, value] of Object.entries(headers)) if (typeof value === 'string') sent.set(name, value);
  const whole = method === 'GET' ? null : Buffer.from(body);
  const response = await fetch(new URL(target, door.url), { method, headers: sent, body: whole });
  return response.status;
}

function leftBehind(core: Rig['core']) {
  const { events, updates, logged, states, typed } = core;
  return structuredClone({ events, updates, kv: Array.from(core.kv), logged, states, typed });
}

export const webhookObligations: Obligations = {
  'forged, unsigned and replayed calls are refused and leave nothing but a counter': refusesForgeries,
};
