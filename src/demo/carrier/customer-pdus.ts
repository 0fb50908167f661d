/** A customer's text as this carrier hands it over. */
import { randomInt } from 'node:crypto';
import { shortMessage, type WireAddress } from '../../networks/smpp/codec/pdu.ts';
import { numberTlv, tags, type Tlv } from '../../networks/smpp/codec/tlv.ts';
import { segment } from '../../networks/smpp/text/segment.ts';
import { concatHeader } from '../../networks/smpp/text/udh.ts';
import type { Delivered } from './delivery-queue.ts';
import type { Faults, FaultPlan } from './faults.ts';

export interface Written {
  readonly source: WireAddress;
  readonly destination: WireAddress;
  readonly text: string;
}

interface Piece {
  readonly octets: Buffer;
  readonly esmClass: number;
  readonly tlvs: readonly Tlv[];
}

export class CustomerPdus {
  readonly #faults: Pick<Faults, 'plan'>;
  #reference = randomInt(256);

  constructor(faults: Pick<Faults, 'plan'>) {
    this.#faults = faults;
  }

  /** @throws Error when it is too long for this carrier. */
  pdusOf({ source, destination, text }: Written): Delivered[] {
    const { as, long } = this.#faults.plan.deliver;
    const cut = segment(text, 'gsm', long);
    if (!cut.ok) throw new Error(`a text of ${cut.error.parts} parts is too long for this carrier`);
    const { parts, dataCoding, uncut } = cut.value;
    return this.#pieces(parts, long).map(({ octets, esmClass, tlvs }) => {
      const head = { source, destination, dataCoding, esmClass };
      const payload = [...tlvs, { tag: tags.messagePayload, value: octets }];
      if (as === 'data_sm') return { command: as, serviceType: '', registeredDelivery: 0, ...head, tlvs: payload };
      if (uncut === true) return shortMessage({ command: as, ...head, tlvs: payload });
      return shortMessage({ command: as, ...head, tlvs, shortMessage: octets });
    });
  }

  #pieces(parts: readonly Buffer[], long: FaultPlan['deliver']['long']): Piece[] {
    if (parts.length === 1) return parts.map((octets) => ({ octets, esmClass: 0, tlvs: [] }));
    this.#reference = (this.#reference + 1) & 0xff;
    const [reference, total] = [this.#reference, parts.length];
    return parts.map((octets, index) => {
      if (long !== 'sar') {
        return {
          octets: Buffer.concat([concatHeader(reference, total, index + 1), octets]),
          esmClass: 0x40,
          tlvs: [],
        };
      }
      const tlvs = [
        numberTlv(tags.sarReference, reference, 2),
        numberTlv(tags.sarTotal, total, 1),
        numberTlv(tags.sarSequence, index + 1, 1),
      ];
      return { octets, esmClass: 0, tlvs };
    });
  }
}
