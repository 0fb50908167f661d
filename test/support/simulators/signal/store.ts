/** What went out through the simulated signal-cli, as its recipients see it. */
import { createHash } from 'node:crypto';

export interface SimFile {
  readonly type: string;
  readonly name: string;
  readonly sha256: string;
  readonly size: number;
}

export interface SentMessage {
  readonly account: string;
  /** A number, a uuid or the id of a group. */
  readonly to: string;
  readonly sentAt: number;
  text: string;
  styles: readonly string[];
  /** "start:length:recipient". */
  mentions: readonly string[];
  readonly files: readonly SimFile[];
  readonly quote?: { readonly sentAt: number; readonly author: string; readonly text: string };
  /** Times of its edits, the newest last. */
  readonly edits: number[];
  deleted: boolean;
}

export type Told =
  | { readonly what: 'receipt'; readonly to: string; readonly type: string; readonly sentAt: readonly number[] }
  | { readonly what: 'typing'; readonly to: string; readonly on: boolean };

export class Store {
  readonly sent: SentMessage[] = [];
  readonly told: Told[] = [];
  /** By account, author and time: the emoji of the account's. */
  readonly reactions = new Map<string, string>();
  /** Bytes by the id that signal-cli gave them. */
  readonly files = new Map<string, Buffer>();

  /** By its own time or that of an edit. */
  find(account: string, sentAt: number): SentMessage | undefined {
    return this.sent.find((one) => one.account === account && (one.sentAt === sentAt || one.edits.includes(sentAt)));
  }
}

const DATA = /^data:([\w.+-]+\/[\w.+-]+)(?:;filename=([^;,]+))?;base64,([A-Za-z0-9+/]*={0,2})$/u;

/** An attachment as RFC 2397 writes it; undefined for any other text. */
export function readDataAddress(text: string): SimFile | undefined {
  const [, type, name = '', base64 = ''] = DATA.exec(text) ?? [];
  if (type === undefined) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  return { type, name, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}
