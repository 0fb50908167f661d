/** npm `smpp`, an SMPP written by others, as far as the tests speak with it. It has no types of its own. */
import { createRequire } from 'node:module';
import type { EventEmitter } from 'node:events';
import type { Server } from 'node:net';

export type PeerPdu = Readonly<Record<string, unknown>> & {
  readonly command: string;
  readonly command_status: number;
  readonly sequence_number: number;
  response(fields?: Readonly<Record<string, unknown>>): PeerPdu;
};

export type PeerSession = EventEmitter & {
  send(pdu: PeerPdu): boolean;
  close(): void;
  bind_transceiver(fields: Readonly<Record<string, unknown>>, answer: (pdu: PeerPdu) => void): void;
  submit_sm(fields: Readonly<Record<string, unknown>>, answer: (pdu: PeerPdu) => void): void;
  deliver_sm(fields: Readonly<Record<string, unknown>>, answer: (pdu: PeerPdu) => void): void;
  data_sm(fields: Readonly<Record<string, unknown>>, answer: (pdu: PeerPdu) => void): void;
};

interface SmppPeer {
  connect(options: { readonly host: string; readonly port: number }, connected: () => void): PeerSession;
  createServer(session: (session: PeerSession) => void): Server;
}

const load: (name: 'smpp') => SmppPeer = createRequire(import.meta.url);

export const smppPeer: SmppPeer = load('smpp');
