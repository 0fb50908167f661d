/** The PDUs that one message is submitted in, as its route and the carrier want them. */
import { randomInt } from 'node:crypto';
import type { Address } from '../../core/ids.ts';
import type { OutboundMessage } from '../../core/ports/outbound.ts';
import type { Result } from '../../core/result.ts';
import { toWire } from './addresses.ts';
import { shortMessage, type DataSm, type ShortMessage } from './codec/pdu.ts';
import { numberTlv, tags, type Tlv } from './codec/tlv.ts';
import type { SmppConfig } from './config.ts';
import type { Routes } from './routes.ts';
import type { DefaultAlphabet } from './text/decode-text.ts';
import { segment, type OutboundAlphabet, type Segments } from './text/segment.ts';
import { concatHeader } from './text/udh.ts';

export type Submit = ShortMessage | DataSm;

/** A part's octets, and how it says where it belongs. */
interface Piece {
  readonly esmClass: 0 | 0x40;
  readonly octets: Buffer;
  readonly tlvs: readonly Tlv[];
}

const udhIndicator = 0x40;
/** The SMSC tells whether it was delivered, and whether not. */
const receiptAlways = 1;

export class Submits {
  readonly #config: Pick<SmppConfig, 'longTexts' | 'submit'>;
  readonly #routes: Routes;
  #reference = randomInt(256);

  constructor(config: Pick<SmppConfig, 'longTexts' | 'submit'>, routes: Routes) {
    this.#config = config;
    this.#routes = routes;
  }

  /** @returns the parts, or how many there would be when there are too many. */
  segments(text: string, to: Address): Result<Segments, { readonly parts: number }> {
    return segment(text, alphabetFor(this.#routes.of(to).dataCoding0), this.#config.longTexts);
  }

  of({ from, to }: Pick<OutboundMessage, 'from' | 'to'>, segments: Segments): Submit[] {
    const route = this.#routes.of(to);
    const head = {
      serviceType: route.serviceType,
      source: toWire(from, route),
      destination: toWire(to, route),
      registeredDelivery: receiptAlways,
      dataCoding: segments.dataCoding,
    };
    return this.#pieces(segments).map(({ octets, tlvs, esmClass }) => {
      const payload = [...tlvs, { tag: tags.messagePayload, value: octets }];
      if (this.#config.submit === 'data_sm') return { command: 'data_sm', ...head, esmClass, tlvs: payload };
      if (segments.uncut === true) return shortMessage({ command: 'submit_sm', ...head, esmClass, tlvs: payload });
      return shortMessage({ command: 'submit_sm', ...head, esmClass, tlvs, shortMessage: octets });
    });
  }

  #pieces({ parts }: Segments): Piece[] {
    if (parts.length === 1) return parts.map((octets) => ({ esmClass: 0, octets, tlvs: [] }));
    this.#reference = (this.#reference + 1) & 0xff;
    const [reference, total] = [this.#reference, parts.length];
    return parts.map((octets, index) =>
      this.#config.longTexts === 'sar'
        ? { esmClass: 0, octets, tlvs: sarTlvs(reference, total, index + 1) }
        : {
            esmClass: udhIndicator,
            octets: Buffer.concat([concatHeader(reference, total, index + 1), octets]),
            tlvs: [],
          },
    );
  }
}

function sarTlvs(reference: number, total: number, sequence: number): Tlv[] {
  return [
    numberTlv(tags.sarReference, reference, 2),
    numberTlv(tags.sarTotal, total, 1),
    numberTlv(tags.sarSequence, sequence, 1),
  ];
}

/** Packed septets are read but not written: such a carrier gets UCS-2, which means one thing only. */
function alphabetFor(dataCoding0: DefaultAlphabet): OutboundAlphabet {
  return dataCoding0 === 'gsm-packed' ? 'ucs2' : dataCoding0;
}
