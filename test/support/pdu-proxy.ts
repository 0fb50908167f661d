/** Stands between a carrier and its client, passes all PDUs on, and can say one of the carrier's again or one of its own. */
import net from 'node:net';
import { FrameReader } from '../../src/networks/smpp/codec/frames.ts';

export interface PduProxy {
  readonly port: number;
  /** To every client, as if the carrier had written it. */
  inject(octets: Buffer): void;
  /** The newest PDU of the carrier's with that command, to the same client under another number; true when answered with 0. */
  repeat(commandId: number): Promise<boolean>;
  close(): void;
}

const RESPONSE = 0x8000_0000;

class Proxy implements PduProxy {
  readonly #clients = new Set<net.Socket>();
  readonly #newest = new Map<number, { readonly frame: Buffer; readonly client: net.Socket }>();
  readonly #asked = new Map<number, (answeredWithZero: boolean) => void>();
  readonly #server: net.Server;
  #sequence = 0x7000_0000;

  constructor(carrierPort: number) {
    this.#server = net.createServer((client) => {
      this.#join(client, net.connect(carrierPort, '127.0.0.1'));
    });
  }

  get port(): number {
    const address = this.#server.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  }

  listen(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
  }

  inject(octets: Buffer): void {
    for (const client of this.#clients) client.write(octets);
  }

  repeat(commandId: number): Promise<boolean> {
    const newest = this.#newest.get(commandId);
    if (newest?.client.writable !== true) return Promise.resolve(false);
    this.#sequence += 1;
    const again = Buffer.from(newest.frame);
    again.writeUInt32BE(this.#sequence, 12);
    return new Promise((resolve) => {
      this.#asked.set(this.#sequence, resolve);
      newest.client.write(again);
    });
  }

  close(): void {
    this.#server.close();
    for (const client of this.#clients) client.destroy();
    for (const settle of this.#asked.values()) settle(false);
  }

  #join(client: net.Socket, carrier: net.Socket): void {
    const [fromCarrier, fromClient] = [new FrameReader(), new FrameReader()];
    this.#clients.add(client);
    client.pipe(carrier).on('error', () => client.destroy());
    carrier.pipe(client).on('error', () => carrier.destroy());
    carrier.on('data', (chunk: Buffer) => {
      for (const frame of fromCarrier.push(chunk)) {
        this.#newest.set(frame.readUInt32BE(4), { frame: Buffer.from(frame), client });
      }
    });
    client.on('data', (chunk: Buffer) => {
      for (const frame of fromClient.push(chunk)) this.#answered(frame);
    });
    client.on('close', () => {
      this.#clients.delete(client);
      carrier.destroy();
    });
    carrier.on('close', () => client.destroy());
  }

  #answered(frame: Buffer): void {
    if (frame.readUInt32BE(4) < RESPONSE) return;
    const sequence = frame.readUInt32BE(12);
    this.#asked.get(sequence)?.(frame.readUInt32BE(8) === 0);
    this.#asked.delete(sequence);
  }
}

export async function pduProxyTo(carrierPort: number): Promise<PduProxy> {
  const proxy = new Proxy(carrierPort);
  await proxy.listen();
  return proxy;
}
