/** One PDU to its octets. */
import { commandIds } from './commands.ts';
import { OctetWriter } from './octets.ts';
import type { Bare, Bind, BindResp, DataSm, MessageResp, Pdu, QuerySmResp, ShortMessage, WireAddress } from './pdu.ts';
import { writeTlvs } from './tlv.ts';

/** @throws Error when a text is longer than 254 octets: the segmenter never makes one. */
export function encodePdu(pdu: Pdu): Buffer {
  const body = new OctetWriter();
  writeBody(body, pdu);
  const octets = body.done();
  return new OctetWriter()
    .uint(octets.length + 16, 4)
    .uint(commandIds[pdu.command], 4)
    .uint(pdu.status, 4)
    .uint(pdu.sequence, 4)
    .octets(octets)
    .done();
}

function writeBody(to: OctetWriter, pdu: Pdu): void {
  switch (pdu.command) {
    case 'bind_receiver':
    case 'bind_transmitter':
    case 'bind_transceiver':
      writeBind(to, pdu);
      return;
    case 'submit_sm':
    case 'deliver_sm':
      writeMessage(to, pdu);
      return;
    case 'data_sm':
      writeData(to, pdu);
      return;
    case 'outbind':
      to.cString(pdu.systemId, 16).cString(pdu.password, 9);
      return;
    case 'query_sm':
      to.cString(pdu.messageId, 65);
      writeAddress(to, pdu.source, 21);
      return;
    default:
      writeAnswer(to, pdu);
  }
}

function writeAnswer(to: OctetWriter, pdu: BindResp | MessageResp | QuerySmResp | Bare): void {
  if (pdu.command === 'query_sm_resp') {
    to.cString(pdu.messageId, 65).cString(pdu.finalDate, 17).uint(pdu.messageState, 1).uint(pdu.errorCode, 1);
  } else if ('messageId' in pdu) {
    to.cString(pdu.messageId, 65);
    writeTlvs(to, pdu.tlvs);
  } else if ('systemId' in pdu) {
    to.cString(pdu.systemId, 16);
    writeTlvs(to, pdu.tlvs);
  }
}

function writeAddress(to: OctetWriter, address: WireAddress, max: number): void {
  to.uint(address.ton, 1).uint(address.npi, 1).cString(address.value, max);
}

function writeBind(to: OctetWriter, pdu: Bind): void {
  to.cString(pdu.systemId, 16).cString(pdu.password, 9).cString(pdu.systemType, 13).uint(pdu.interfaceVersion, 1);
  writeAddress(to, pdu.address, 41);
}

function writeMessage(to: OctetWriter, pdu: ShortMessage): void {
  if (pdu.shortMessage.length > 254) throw new Error('a short message holds at most 254 octets');
  to.cString(pdu.serviceType, 6);
  writeAddress(to, pdu.source, 21);
  writeAddress(to, pdu.destination, 21);
  to.uint(pdu.esmClass, 1).uint(pdu.protocolId, 1).uint(pdu.priority, 1);
  to.cString(pdu.scheduleTime, 17).cString(pdu.validity, 17);
  to.uint(pdu.registeredDelivery, 1)
    .uint(pdu.replaceIfPresent, 1)
    .uint(pdu.dataCoding, 1)
    .uint(pdu.defaultMessageId, 1);
  to.uint(pdu.shortMessage.length, 1).octets(pdu.shortMessage);
  writeTlvs(to, pdu.tlvs);
}

function writeData(to: OctetWriter, pdu: DataSm): void {
  to.cString(pdu.serviceType, 6);
  writeAddress(to, pdu.source, 65);
  writeAddress(to, pdu.destination, 65);
  to.uint(pdu.esmClass, 1).uint(pdu.registeredDelivery, 1).uint(pdu.dataCoding, 1);
  writeTlvs(to, pdu.tlvs);
}
