/**
 * A message on Signal is known by who wrote it and the millisecond when: here with the line before it, since two lines
 * may stand in one group, or write to each other. An edit has a time of its own; whoever names that means the message.
 */
import { parseRemoteId, type Address, type RemoteId } from '../../core/ids.ts';
import type { Kv, KvEdit } from '../../core/ports/connector.ts';

export interface MessageName {
  readonly line: Address;
  readonly author: Address;
  /** Milliseconds by the writer's clock. */
  readonly sentAt: number;
}

/** Undefined where it would be longer than an id may be. */
export function remoteIdOf({ line, author, sentAt }: MessageName): RemoteId | undefined {
  const id = parseRemoteId(`${line}/${author}/${String(sentAt)}`);
  return id.ok ? id.value : undefined;
}

/** When the message was sent that an id of ours names. */
export function sentAtOf(id: RemoteId): number | undefined {
  const digits = /\/(\d{1,16})$/u.exec(id)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Which times stand for which message. */
export class Edits {
  readonly #kv: Kv;
  readonly #edits = new Map<string, Uint8Array>();

  constructor(kv: Kv) {
    this.#kv = kv;
  }

  get edits(): readonly KvEdit[] {
    return Array.from(this.#edits, ([key, value]) => ({ key, value }));
  }

  /** The message that is meant, by its first time. */
  async original(name: MessageName): Promise<MessageName> {
    const key = keyOf(name);
    const value = this.#edits.get(key) ?? (await this.#kv.get(key));
    const sentAt = value === undefined ? NaN : Number(Buffer.from(value).toString('utf8'));
    return Number.isSafeInteger(sentAt) ? { ...name, sentAt } : name;
  }

  /** `edited` says something new at `at`. */
  note(edited: MessageName, at: number): void {
    this.#edits.set(keyOf({ ...edited, sentAt: at }), Buffer.from(String(edited.sentAt)));
  }
}

function keyOf({ line, author, sentAt }: MessageName): string {
  return `edit/${line}/${author}/${String(sentAt)}`;
}
