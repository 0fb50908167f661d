/** What a data_coding says of a message's octets (SMPP 3.4, 5.2.19; 3GPP TS 23.038, 4). */

export type Charset =
  | 'default'
  | 'gsm'
  | 'ascii'
  | 'latin1'
  | 'octets'
  | 'ucs2'
  | 'shift_jis'
  | 'iso-8859-5'
  | 'iso-8859-8'
  | 'iso-2022-jp'
  | 'euc-jp'
  | 'euc-kr';

export interface DataCoding {
  readonly charset: Charset;
  /** Class 0 is shown at once and not kept by phones. */
  readonly messageClass?: 0 | 1 | 2 | 3;
  /** The network only says that something waits. */
  readonly messageWaiting?: true;
}

const plain: Readonly<Record<number, Charset>> = {
  0x00: 'default',
  0x01: 'ascii',
  0x02: 'octets',
  0x03: 'latin1',
  0x04: 'octets',
  0x05: 'shift_jis',
  0x06: 'iso-8859-5',
  0x07: 'iso-8859-8',
  0x08: 'ucs2',
  0x09: 'octets',
  0x0a: 'iso-2022-jp',
  0x0d: 'euc-jp',
  0x0e: 'euc-kr',
};

/** Reserved and compressed codings are octets: shown as such, never guessed. */
export function dataCoding(value: number): DataCoding {
  if (value <= 0x0f) return { charset: plain[value] ?? 'octets' };
  if (value <= 0x1f) return { charset: alphabet(value), messageClass: classOf(value) };
  if (value >= 0xc0 && value <= 0xdf) return { charset: 'gsm', messageWaiting: true };
  if (value >= 0xe0 && value <= 0xef) return { charset: 'ucs2', messageWaiting: true };
  if (value >= 0xf0) return { charset: (value & 0x04) === 0 ? 'gsm' : 'octets', messageClass: classOf(value) };
  return { charset: 'octets' };
}

/** General data coding group: bits 3 and 2 choose the alphabet. */
function alphabet(value: number): Charset {
  const bits = value & 0x0c;
  if (bits === 0x00) return 'gsm';
  return bits === 0x08 ? 'ucs2' : 'octets';
}

function classOf(value: number): 0 | 1 | 2 | 3 {
  const bits = value & 0x03;
  return bits === 0 || bits === 1 || bits === 2 ? bits : 3;
}
