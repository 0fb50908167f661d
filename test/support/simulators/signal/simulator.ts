/** A simulated signal-cli daemon that listens on this machine. */
import { Customer } from './customer.ts';
import { Daemon, type DaemonOptions } from './daemon.ts';
import { HttpDoor } from './http-door.ts';
import { uuidOf, type SimPerson } from './people.ts';
import { SocketDoor } from './socket-door.ts';

export interface SignalOptions extends Partial<DaemonOptions> {
  readonly host?: string;
  readonly tcpPort?: number;
  readonly httpPort?: number;
  /** Where a unix socket listens; without it there is none. */
  readonly unixPath?: string;
  /** Events over HTTP have ids, and the last 1,000 come again (since 2026). */
  readonly numbersEvents?: boolean;
}

export interface SimulatedSignal extends AsyncDisposable {
  readonly daemon: Daemon;
  /** For the config: `tcp://...` and `http://...`. */
  readonly tcp: string;
  readonly http: string;
  /** Somebody on Signal, made where there is nobody of that number yet. */
  customer(number: string, name?: string): Customer;
  /** Every connection breaks; the doors stay open. */
  cut(): void;
  /** Something that is no JSON-RPC. */
  inject(text: string): void;
}

const usual = {
  host: '127.0.0.1',
  tcpPort: 0,
  httpPort: 0,
  unixPath: undefined,
  numbersEvents: true,
  accounts: ['+12025550100'],
  multi: true,
  receiveMode: 'manual' as const,
};

export async function startSignal(options: SignalOptions = {}): Promise<SimulatedSignal> {
  const { host, tcpPort, httpPort, unixPath, numbersEvents, accounts, multi, receiveMode } = { ...usual, ...options };
  const daemon = new Daemon({ accounts, multi, receiveMode });
  const [tcp, http] = [new SocketDoor(daemon), new HttpDoor(daemon, numbersEvents)];
  const unix = unixPath === undefined ? undefined : new SocketDoor(daemon);
  const ports = { tcp: await tcp.listen({ host, port: tcpPort }), http: await http.listen(host, httpPort) };
  if (unixPath !== undefined) await unix?.listen({ path: unixPath });
  const account = daemon.accounts[0];
  let people = accounts.length;
  return {
    daemon,
    tcp: `tcp://${host}:${String(ports.tcp)}`,
    http: `http://${host}:${String(ports.http)}`,
    customer: (number, name = 'Ann Lee') => {
      const person: SimPerson =
        daemon.people.find(number) ?? daemon.people.add({ number, name, uuid: uuidOf((people += 1)) });
      if (account === undefined) throw new Error('the daemon has no account');
      return new Customer({ daemon, account, person });
    },
    cut: () => {
      daemon.losesAnswers = false;
      for (const door of [tcp, http, unix]) door?.cut();
    },
    inject: (text) => {
      tcp.inject(`${text}\n`);
      unix?.inject(`${text}\n`);
      http.inject(text);
    },
    [Symbol.asyncDispose]: async () => {
      for (const door of [tcp, http, unix]) await door?.close();
    },
  };
}
