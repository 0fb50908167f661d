/** A component's server that does what a test tells it: what a real one never does, or seldom. */
import { createHash } from 'node:crypto';
import net from 'node:net';
import { componentSecret } from './prosody.ts';

const header =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='s-1'>";

export interface ScriptedServer extends AsyncDisposable {
  readonly port: number;
  /** Connections so far. */
  readonly connections: number;
  /** Whether the newest connection shook hands with the right secret. */
  readonly shaken: boolean;
  /** What the component wrote on its newest connection. */
  readonly heard: string;
  /** The same of all connections. */
  readonly everHeard: string;
  /** Whether the newest connection is open. */
  readonly open: boolean;
  write(xml: string | Uint8Array): void;
  /** Answers: our pings to ourselves come back, and whatever else we ask it does not know. Default true. */
  echo: boolean;
  /** Stops reading what the component writes. */
  deafen(): void;
  end(): void;
}

/** `greet` is written after the component's header, `accept` after its handshake. */
export async function scriptedServer({ greet = header, accept = '<handshake/>' } = {}): Promise<ScriptedServer> {
  let socket: net.Socket | undefined;
  let connections = 0;
  const state = { heard: '', everHeard: '', shaken: false, echo: true };
  const digest = createHash('sha1').update(`s-1${componentSecret}`).digest('hex');
  const server = net.createServer((client) => {
    socket = client;
    connections += 1;
    state.heard = '';
    state.shaken = false;
    client.on('error', () => undefined);
    client.on('data', (bytes: Buffer) => {
      const before = state.heard;
      state.heard += bytes.toString('utf8');
      state.everHeard += bytes.toString('utf8');
      if (before === '') client.write(greet);
      if (!before.includes('</handshake>') && state.heard.includes('</handshake>')) {
        state.shaken = state.heard.includes(`<handshake>${digest}</handshake>`);
        client.write(accept);
      }
      const questions = bytes.toString('utf8').match(/<iq [^>]*type='[gs]et'[^>]*>.*?<\/iq>/gu) ?? [];
      if (state.echo) for (const question of questions) client.write(answerTo(question));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    get connections() {
      return connections;
    },
    get shaken() {
      return state.shaken;
    },
    get heard() {
      return state.heard;
    },
    get everHeard() {
      return state.everHeard;
    },
    get open() {
      return socket !== undefined && !socket.destroyed;
    },
    get echo() {
      return state.echo;
    },
    set echo(echo) {
      state.echo = echo;
    },
    write: (xml) => {
      socket?.write(xml);
    },
    deafen: () => {
      socket?.pause();
    },
    end: () => {
      socket?.destroy();
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        socket?.destroy();
        server.close(() => {
          resolve();
        });
      }),
  };
}

/** A ping comes back; of all else it knows nothing. */
function answerTo(question: string): string {
  const [id = '', from = '', to = ''] = ['id', 'from', 'to'].map((name) => attributeOf(question, name));
  if (id.startsWith('gh-ping-')) return question;
  const error = "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
  return `<iq type='error' id='${id}' from='${to}' to='${from}'>${error}</iq>`;
}

function attributeOf(stanza: string, name: string): string {
  return new RegExp(` ${name}='([^']*)'`, 'u').exec(stanza)?.[1] ?? '';
}
