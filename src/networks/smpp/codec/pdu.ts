/** The PDUs of SMPP 3.4 that Gatehouse speaks, as values. */
import type { Tlv } from './tlv.ts';

/** As it stands on the wire: no `+`, any characters. */
export interface WireAddress {
  readonly ton: number;
  readonly npi: number;
  readonly value: string;
}

export type BindCommand = 'bind_receiver' | 'bind_transmitter' | 'bind_transceiver';
export interface Bind {
  readonly command: BindCommand;
  readonly systemId: string;
  readonly password: string;
  readonly systemType: string;
  readonly interfaceVersion: number;
  readonly address: WireAddress;
}

export interface BindResp {
  readonly command: `${BindCommand}_resp`;
  readonly systemId: string;
  readonly tlvs: readonly Tlv[];
}

/** The carrier, which has connected to us, asks to be bound to; it has no answer of its own. */
export interface Outbind {
  readonly command: 'outbind';
  readonly systemId: string;
  readonly password: string;
}

/** A message in either direction. What isn't set is the protocol's own default: 0 or empty. */
export interface ShortMessage {
  readonly command: 'submit_sm' | 'deliver_sm';
  readonly serviceType: string;
  readonly source: WireAddress;
  readonly destination: WireAddress;
  readonly esmClass: number;
  readonly protocolId: number;
  readonly priority: number;
  readonly scheduleTime: string;
  readonly validity: string;
  readonly registeredDelivery: number;
  readonly replaceIfPresent: number;
  readonly dataCoding: number;
  readonly defaultMessageId: number;
  readonly shortMessage: Buffer;
  readonly tlvs: readonly Tlv[];
}

export interface DataSm {
  readonly command: 'data_sm';
  readonly serviceType: string;
  readonly source: WireAddress;
  readonly destination: WireAddress;
  readonly esmClass: number;
  readonly registeredDelivery: number;
  readonly dataCoding: number;
  readonly tlvs: readonly Tlv[];
}

export interface MessageResp {
  readonly command: 'submit_sm_resp' | 'deliver_sm_resp' | 'data_sm_resp';
  readonly messageId: string;
  readonly tlvs: readonly Tlv[];
}

export interface QuerySm {
  readonly command: 'query_sm';
  readonly messageId: string;
  readonly source: WireAddress;
}

export interface QuerySmResp {
  readonly command: 'query_sm_resp';
  readonly messageId: string;
  readonly finalDate: string;
  readonly messageState: number;
  readonly errorCode: number;
}

export interface Bare {
  readonly command: 'unbind' | 'unbind_resp' | 'enquire_link' | 'enquire_link_resp' | 'generic_nack';
}

export type PduBody = Bind | BindResp | Outbind | ShortMessage | DataSm | MessageResp | QuerySm | QuerySmResp | Bare;
export type Pdu = PduBody & { readonly status: number; readonly sequence: number };

/** A message with its defaults filled in. */
export function shortMessage(
  given: Pick<ShortMessage, 'command' | 'source' | 'destination'> & Partial<ShortMessage>,
): ShortMessage {
  return {
    serviceType: '',
    esmClass: 0,
    protocolId: 0,
    priority: 0,
    scheduleTime: '',
    validity: '',
    registeredDelivery: 0,
    replaceIfPresent: 0,
    dataCoding: 0,
    defaultMessageId: 0,
    shortMessage: Buffer.alloc(0),
    tlvs: [],
    ...given,
  };
}
