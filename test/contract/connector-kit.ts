/**
 * The obligations of every connector (`core/ports/connector.ts`), asked of it together with its network. How to join:
 * write a `Network` over the provider's simulator (`network.ts` says what each part has to do), and in `<type>.test.ts`
 *
 *   test.each(Object.entries(obligations))('%s', async (_sentence, obligation) => {
 *     await expectObligation(telegramNetwork, obligation);
 *   });
 */
import { capabilityObligations } from './obligations/capabilities.ts';
import { inboundObligations } from './obligations/inbound.ts';
import { kindsInObligations } from './obligations/kinds-in.ts';
import { kindsOutObligations } from './obligations/kinds-out.ts';
import { lifetimeObligations } from './obligations/lifetime.ts';
import { outboundObligations } from './obligations/outbound.ts';
import { webhookObligations } from './obligations/webhooks.ts';
import type { Rig } from './rig.ts';

export type * from './network.ts';
export { expectObligation, type Rig } from './rig.ts';

/** Each is a sentence about every connector. What a network hasn't got is asked of its capabilities instead. */
export type Obligations = Readonly<Record<string, (rig: Rig) => Promise<void>>>;

export const obligations: Obligations = {
  ...inboundObligations,
  ...outboundObligations,
  ...lifetimeObligations,
  ...capabilityObligations,
  ...kindsInObligations,
  ...kindsOutObligations,
  ...webhookObligations,
};
