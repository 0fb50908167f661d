/** Puts each opening and closing of a gate on record, once; what changes faster than it can be written is told as it ends. */
import type { DraftOf } from '../core/entry.ts';
import type { GateId } from '../core/ids.ts';
import type { Log } from '../core/ports/log.ts';
import type { Committer } from './commit.ts';
import type { GateChange } from './gates.ts';

export class GateRecord {
  readonly #committer: Committer;
  readonly #log: Log;
  readonly #pending = new Map<GateId, GateChange>();
  /** The reason on record of each gate that is on record as closed. */
  readonly #recorded = new Map<GateId, string>();
  #writing = false;

  constructor(committer: Committer, log: Log) {
    this.#committer = committer;
    this.#log = log;
  }

  changed(change: GateChange): void {
    this.#pending.set(change.gate, change);
  }

  get isWritten(): boolean {
    return this.#pending.size === 0 && !this.#writing;
  }

  /** Writes what is pending; never throws. One call at a time does the work, a second one returns at once. */
  async write(): Promise<void> {
    if (this.#writing) return;
    this.#writing = true;
    try {
      for (let [change] = this.#pending.values(); change !== undefined; [change] = this.#pending.values()) {
        this.#pending.delete(change.gate);
        await this.#writeOne(change);
      }
    } finally {
      this.#writing = false;
    }
  }

  async #writeOne(change: GateChange): Promise<void> {
    const known = this.#recorded.get(change.gate);
    if (known === (change.open ? undefined : change.reason)) return;
    if (change.open) this.#recorded.delete(change.gate);
    else this.#recorded.set(change.gate, change.reason);
    try {
      await this.#committer.commit([draftOf(change)], {});
    } catch (error) {
      this.#log.error('gate.unrecordable', { gate: change.gate }, error);
    }
  }
}

function draftOf({ gate, open, reason, at }: GateChange): DraftOf<'gate.changed'> {
  const id = `gate/${gate}/${at}/${open ? 'open' : reason}`;
  return {
    kind: 'gate.changed',
    at,
    source: { system: 'gatehouse', id, sure: true },
    body: { gate, open, reason },
  };
}
