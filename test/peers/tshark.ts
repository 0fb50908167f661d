/** Wireshark's dissectors: what they make of the octets that we send. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { missingPackage, works } from '../support/debian-package.ts';

/** Both come with Debian's package `tshark`. */
const programs = { dissect: 'tshark', pack: 'text2pcap' } as const;

export function missingTshark(): string | undefined {
  const there = (): boolean => Object.values(programs).every((program) => works(program, ['--version']));
  return missingPackage('tshark', there);
}

const fields = {
  command: 'smpp.command_id',
  sourceTon: 'smpp.source_addr_ton',
  source: 'smpp.source_addr',
  destinationTon: 'smpp.dest_addr_ton',
  destinationNpi: 'smpp.dest_addr_npi',
  destination: 'smpp.destination_addr',
  features: 'smpp.esm.submit.features',
  receipt: 'smpp.regdel.receipt',
  dataCoding: 'smpp.data_coding',
  text: 'smpp.message_text',
  reference: 'gsm_sms.udh.mm.msg_id',
  parts: 'gsm_sms.udh.mm.msg_parts',
  part: 'gsm_sms.udh.mm.msg_part',
  malformed: '_ws.malformed',
} as const;
type Field = keyof typeof fields;
/** As tshark prints it; '' where the PDU has no such field. */
export type Dissected = Readonly<Record<Field, string>>;

const names = Object.keys(fields).filter((name): name is Field => name in fields);
const separator = '\t';
const carrierPort = '2775';

/** @throws Error when tshark fails. */
export function dissect(stream: Buffer): Dissected[] {
  const dir = mkdtempSync(path.join(tmpdir(), 'gatehouse-tshark-'));
  try {
    const [dump, capture] = [path.join(dir, 'dump.txt'), path.join(dir, 'dump.pcap')];
    writeFileSync(dump, pdusOf(stream).map(hexDump).join(''));
    execFileSync(programs.pack, ['-q', '-T', `40000,${carrierPort}`, dump, capture], { stdio: 'ignore' });
    const decode = ['-d', `tcp.port==${carrierPort},smpp`, '-o', 'smpp.decode_sms_over_smpp:GSM 7-bit'];
    const columns = names.flatMap((name) => ['-e', fields[name]]);
    const printed = execFileSync(programs.dissect, ['-r', capture, ...decode, '-T', 'fields', ...columns], {
      stdio: ['ignore', 'pipe', 'ignore'],
      encoding: 'utf8',
    });
    return printed
      .split('\n')
      .filter((row) => row !== '')
      .map(dissected);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function dissected(row: string): Dissected {
  const values = row.split(separator);
  const value = (name: Field): string => values[names.indexOf(name)] ?? '';
  return {
    ...{ command: value('command'), dataCoding: value('dataCoding'), text: value('text') },
    ...{ sourceTon: value('sourceTon'), source: value('source'), destinationTon: value('destinationTon') },
    ...{ destinationNpi: value('destinationNpi'), destination: value('destination') },
    ...{ features: value('features'), receipt: value('receipt') },
    ...{ reference: value('reference'), parts: value('parts'), part: value('part'), malformed: value('malformed') },
  };
}

/** By command_length, so that each is a row of its own. */
function pdusOf(stream: Buffer): Buffer[] {
  const pdus: Buffer[] = [];
  for (let at = 0; at + 16 <= stream.length;) {
    const length = stream.readUInt32BE(at);
    pdus.push(stream.subarray(at, at + length));
    at += length;
  }
  return pdus;
}

function hexDump(pdu: Buffer): string {
  let text = '';
  for (let at = 0; at < pdu.length; at += 16) {
    const octets = pdu
      .subarray(at, at + 16)
      .toString('hex')
      .replace(/../gu, ' $&');
    text += `${at.toString(16).padStart(6, '0')}${octets}\n`;
  }
  return text;
}

export interface Tap extends AsyncDisposable {
  readonly port: number;
  /** All that the client has sent. */
  sent(): Buffer;
}

/** Stands between our connector and a carrier, and keeps what the connector sends. */
export async function tap(to: number): Promise<Tap> {
  const chunks: Buffer[] = [];
  const server = net.createServer((client) => {
    const carrier = net.connect(to, '127.0.0.1');
    client.on('error', () => carrier.destroy());
    carrier.on('error', () => client.destroy());
    client.on('data', (chunk: Buffer) => chunks.push(chunk));
    client.pipe(carrier).pipe(client);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    sent: () => Buffer.concat(chunks),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
}
