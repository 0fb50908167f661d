/** Values of command_status (SMPP 3.4, section 5.1.3) that we send, expect or explain. */
export const status = {
  ok: 0x00,
  invalidMessageLength: 0x01,
  invalidCommandLength: 0x02,
  invalidCommandId: 0x03,
  wrongBindState: 0x04,
  alreadyBound: 0x05,
  systemError: 0x08,
  invalidSource: 0x0a,
  invalidDestination: 0x0b,
  invalidMessageId: 0x0c,
  bindFailed: 0x0d,
  invalidPassword: 0x0e,
  invalidSystemId: 0x0f,
  queueFull: 0x14,
  invalidEsmClass: 0x43,
  submitFailed: 0x45,
  invalidSourceTon: 0x48,
  invalidSourceNpi: 0x49,
  invalidDestinationTon: 0x50,
  invalidDestinationNpi: 0x51,
  invalidSystemType: 0x53,
  throttled: 0x58,
  temporaryAppError: 0x64,
  permanentAppError: 0x65,
  rejectedByApp: 0x66,
  queryFailed: 0x67,
  invalidOptionalStream: 0xc0,
  invalidParameterLength: 0xc2,
  missingOptional: 0xc3,
  invalidOptionalValue: 0xc4,
  invalidDataCoding: 0x104,
} as const;

/** The number as carriers' tables print it: 0x0B. */
export function statusCode(value: number): string {
  return `0x${value.toString(16).toUpperCase().padStart(2, '0')}`;
}
