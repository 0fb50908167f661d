/** A carrier that does what a test tells it, PDU by PDU. */
import net from 'node:net';
import { decodePdu } from '../../src/networks/smpp/codec/decode.ts';
import { encodePdu } from '../../src/networks/smpp/codec/encode.ts';
import { FrameReader } from '../../src/networks/smpp/codec/frames.ts';
import type { Pdu } from '../../src/networks/smpp/codec/pdu.ts';
import { status } from '../../src/networks/smpp/codec/status.ts';

export interface ScriptedCarrier extends AsyncDisposable {
  readonly port: number;
  /** All that clients sent, in order. */
  readonly seen: readonly Pdu[];
  /** The status that binds are answered with. */
  bindStatus: number;
  /** Whether binds get no answer at all. */
  silentBinds: boolean;
  /** Whether it answers enquire_link. */
  alive: boolean;
  /** How many PDUs of a command came. */
  count(command: Pdu['command']): number;
  /** Writes to the newest client. */
  write(octets: Buffer): void;
  /** Sessions that are open now. */
  readonly open: number;
}

export async function scriptedCarrier(): Promise<ScriptedCarrier> {
  const seen: Pdu[] = [];
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    const reader = new FrameReader();
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
    });
    socket.on('data', (chunk: Buffer) => {
      for (const frame of reader.push(chunk)) {
        const decoded = decodePdu(frame);
        if (!decoded.ok) continue;
        seen.push(decoded.value);
        answer(decoded.value, socket, carrier);
      }
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const carrier: ScriptedCarrier = {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    seen,
    bindStatus: status.ok,
    silentBinds: false,
    alive: true,
    count: (command) => seen.filter((pdu) => pdu.command === command).length,
    write: (octets) => {
      Array.from(sockets).at(-1)?.write(octets);
    },
    get open() {
      return sockets.size;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
  return carrier;
}

function answer(pdu: Pdu, socket: net.Socket, { bindStatus, silentBinds, alive }: ScriptedCarrier): void {
  const { sequence } = pdu;
  if (pdu.command === 'bind_transceiver' && !silentBinds) {
    const answered = { command: 'bind_transceiver_resp', systemId: 'SCRIPT', tlvs: [] } as const;
    socket.write(encodePdu({ ...answered, status: bindStatus, sequence }));
  }
  if (pdu.command === 'enquire_link' && alive) {
    socket.write(encodePdu({ command: 'enquire_link_resp', status: status.ok, sequence }));
  }
  if (pdu.command === 'unbind') socket.end(encodePdu({ command: 'unbind_resp', status: status.ok, sequence }));
}
