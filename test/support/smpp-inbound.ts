/** What the SMPP connector does with what comes in, without a socket: a process, and the PDUs of one customer. */
import type { ConnectorContext } from '../../src/core/ports/connector.ts';
import { Background } from '../../src/networks/smpp/background.ts';
import { shortMessage, type ShortMessage } from '../../src/networks/smpp/codec/pdu.ts';
import { smppConfig } from '../../src/networks/smpp/config.ts';
import { Inbound } from '../../src/networks/smpp/inbound.ts';
import { ReceiptDesk } from '../../src/networks/smpp/receipt-desk.ts';
import { Routes } from '../../src/networks/smpp/routes.ts';
import { SentMessages } from '../../src/networks/smpp/sent-messages.ts';
import { concatHeader } from '../../src/networks/smpp/text/udh.ts';
import { TestCore } from '../contract/networks/test-core.ts';
import type { ManualClock } from './manual-clock.ts';

const customer = { ton: 1, npi: 1, value: '12025550199' };
const line = { ton: 1, npi: 1, value: '12025550100' };
const routes = new Routes(smppConfig.parse({ host: 'carrier.example', systemId: 'acme', password: 'secret08' }));
export const minutes = 60_000;

export interface InboundRig {
  readonly core: TestCore;
  readonly inbound: Inbound;
  readonly receipts: ReceiptDesk;
  readonly background: Background;
}

/** A new process with the notes of the one before. `joined` gives it another record than the test's own. */
export async function inboundProcess(
  clock: ManualClock,
  kv?: Map<string, Uint8Array>,
  joined = (ctx: ConnectorContext): ConnectorContext => ctx,
): Promise<InboundRig> {
  const core = new TestCore({ clock, ...(kv === undefined ? {} : { kv }) });
  const ctx = joined(core.context());
  const background = new Background(ctx.log);
  const receipts = new ReceiptDesk({ ctx, background, sent: new SentMessages('auto') });
  const inbound = new Inbound({ ctx, background, receipts, routes, partsTimeout: 10 * minutes });
  await receipts.load();
  await inbound.load();
  return { core, inbound, receipts, background };
}

export function text(what: string, more: Partial<ShortMessage> = {}): ShortMessage {
  const base = { command: 'deliver_sm', source: customer, destination: line } as const;
  return shortMessage({ ...base, shortMessage: Buffer.from(what, 'latin1'), ...more });
}

/** With an 8-bit reference. */
export function part(number: number, total: number, what: string, reference = 7): ShortMessage {
  const octets = Buffer.concat([concatHeader(reference, total, number), Buffer.from(what, 'latin1')]);
  return text('', { esmClass: 0x40, shortMessage: octets });
}
