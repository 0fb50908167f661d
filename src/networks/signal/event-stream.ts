/** Cuts an event stream into its events (HTML standard, "Server-sent events"). */
import { LineSplitter } from './line-splitter.ts';

export interface StreamEvent {
  readonly id: string | undefined;
  readonly type: string;
  /** As it came, before it is read as JSON. */
  readonly data: Buffer;
  /** It was longer than is held. */
  readonly cut: boolean;
}

interface Held {
  id: string | undefined;
  type: string;
  data: Buffer[];
  cut: boolean;
}

function nothing(): Held {
  return { id: undefined, type: 'message', data: [], cut: false };
}

export class EventStream {
  readonly #lines = new LineSplitter();
  #held = nothing();

  /** The events that end within `chunk`; comments are let go. */
  push(chunk: Buffer): readonly StreamEvent[] {
    const events: StreamEvent[] = [];
    for (const { bytes, cut } of this.#lines.push(chunk)) {
      if (bytes.length > 0) {
        this.#field(bytes, cut);
        continue;
      }
      const { data, ...held } = this.#held;
      this.#held = nothing();
      if (data.length > 0) events.push({ ...held, data: joined(data) });
    }
    return events;
  }

  #field(line: Buffer, cut: boolean): void {
    const colon = line.indexOf(0x3a);
    const name = line.toString('utf8', 0, colon === -1 ? line.length : colon);
    const after = colon === -1 ? line.length : colon + 1;
    const value = line.subarray(line[after] === 0x20 ? after + 1 : after);
    if (name === 'data') this.#held.data.push(value);
    if (name === 'event') this.#held.type = value.toString('utf8');
    if (name === 'id') this.#held.id = value.toString('utf8');
    this.#held.cut ||= cut;
  }
}

function joined(lines: readonly Buffer[]): Buffer {
  return Buffer.concat(lines.flatMap((line, i) => (i === 0 ? [line] : [Buffer.from('\n'), line])));
}
