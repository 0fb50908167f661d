/** One frame to one PDU. Never throws on octets: what doesn't fit comes back with the command_status to answer. */
import { err, ok, type Result } from '../../../core/result.ts';
import { commandOf, isResponseId } from './commands.ts';
import { OctetReader } from './octets.ts';
import type {
  Bare,
  BindCommand,
  BindResp,
  MessageResp,
  Pdu,
  PduBody,
  QuerySmResp,
  ShortMessage,
  WireAddress,
} from './pdu.ts';
import { status } from './status.ts';
import { readTlvs } from './tlv.ts';

export interface Malformed {
  /** What to answer. */
  readonly status: number;
  readonly sequence: number;
  readonly commandId: number;
  /** Answers are never answered. */
  readonly isResponse: boolean;
}

/** `frame` is one whole PDU of at least 16 octets, as `FrameReader` cuts them. */
export function decodePdu(frame: Buffer): Result<Pdu, Malformed> {
  const head = new OctetReader(frame);
  const length = head.uint(4);
  const commandId = head.uint(4);
  const commandStatus = head.uint(4);
  const sequence = head.uint(4);
  const bad = (why: number): Result<Pdu, Malformed> =>
    err({ status: why, sequence, commandId, isResponse: isResponseId(commandId) });
  if (head.failure !== undefined || length !== frame.length) return bad(status.invalidCommandLength);
  const reader = new OctetReader(frame.subarray(16));
  const body = readBody(commandId, reader);
  if (body === undefined) return bad(status.invalidCommandId);
  if (reader.failure !== undefined) return bad(reader.failure);
  return ok({ ...body, status: commandStatus, sequence });
}

function readBody(commandId: number, reader: OctetReader): PduBody | undefined {
  const command = commandOf(commandId);
  switch (command) {
    case undefined:
      return undefined;
    case 'bind_receiver':
    case 'bind_transmitter':
    case 'bind_transceiver':
      return readBind(command, reader);
    case 'submit_sm':
    case 'deliver_sm':
      return readMessage(command, reader);
    case 'data_sm':
    case 'query_sm':
    case 'outbind':
      return readRareRequest(command, reader);
    default:
      return readAnswerOrBare(command, reader);
  }
}

function readAnswerOrBare(
  command: (BindResp | MessageResp | QuerySmResp | Bare)['command'],
  reader: OctetReader,
): PduBody {
  switch (command) {
    case 'bind_receiver_resp':
    case 'bind_transmitter_resp':
    case 'bind_transceiver_resp':
      return { command, systemId: optionalText(reader, 16), tlvs: readTlvs(reader) };
    case 'submit_sm_resp':
    case 'deliver_sm_resp':
    case 'data_sm_resp':
      return { command, messageId: optionalText(reader, 65), tlvs: readTlvs(reader) };
    case 'query_sm_resp':
      return readQueryResp(reader);
    default:
      return { command };
  }
}

/** A refusal often comes without a body. */
function optionalText(reader: OctetReader, max: number): string {
  return reader.left === 0 ? '' : reader.cString(max);
}

function readAddress(reader: OctetReader, max: number): WireAddress {
  return { ton: reader.uint(1), npi: reader.uint(1), value: reader.cString(max) };
}

function readBind(command: BindCommand, reader: OctetReader): PduBody {
  return {
    command,
    systemId: reader.cString(16),
    password: reader.cString(9),
    systemType: reader.cString(13),
    interfaceVersion: reader.uint(1),
    address: readAddress(reader, 41),
  };
}

/** Addresses may be as long as in data_sm: carriers do send such, and a text is better heard than refused. */
function readMessage(command: 'submit_sm' | 'deliver_sm', reader: OctetReader): ShortMessage {
  const head = {
    command,
    serviceType: reader.cString(6),
    source: readAddress(reader, 65),
    destination: readAddress(reader, 65),
    esmClass: reader.uint(1),
    protocolId: reader.uint(1),
    priority: reader.uint(1),
    scheduleTime: reader.cString(17),
    validity: reader.cString(17),
    registeredDelivery: reader.uint(1),
    replaceIfPresent: reader.uint(1),
    dataCoding: reader.uint(1),
    defaultMessageId: reader.uint(1),
  };
  return { ...head, shortMessage: reader.octets(reader.uint(1), status.invalidMessageLength), tlvs: readTlvs(reader) };
}

function readRareRequest(command: 'data_sm' | 'query_sm' | 'outbind', reader: OctetReader): PduBody {
  if (command === 'outbind') return { command, systemId: reader.cString(16), password: reader.cString(9) };
  if (command === 'query_sm') return { command, messageId: reader.cString(65), source: readAddress(reader, 65) };
  return {
    command,
    serviceType: reader.cString(6),
    source: readAddress(reader, 65),
    destination: readAddress(reader, 65),
    esmClass: reader.uint(1),
    registeredDelivery: reader.uint(1),
    dataCoding: reader.uint(1),
    tlvs: readTlvs(reader),
  };
}

function readQueryResp(reader: OctetReader): QuerySmResp {
  const command = 'query_sm_resp';
  const messageId = optionalText(reader, 65);
  if (reader.left === 0) return { command, messageId, finalDate: '', messageState: 0, errorCode: 0 };
  return { command, messageId, finalDate: reader.cString(17), messageState: reader.uint(1), errorCode: reader.uint(1) };
}
