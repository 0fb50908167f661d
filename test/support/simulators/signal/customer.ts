/** What somebody on Signal does, as signal-cli tells an account of it (JsonMessageEnvelope and what stands in it). */
import { randomUUID } from 'node:crypto';
import type { Daemon } from './daemon.ts';
import type { SimGroup, SimPerson } from './people.ts';

interface File {
  readonly type: string;
  readonly name?: string;
  readonly bytes: Uint8Array;
}

interface Quote {
  readonly sentAt: number;
  readonly author: SimPerson;
  readonly text?: string;
}

export interface Said {
  readonly text?: string | null;
  readonly group?: SimGroup;
  readonly files?: readonly File[];
  readonly quote?: Quote;
  /** Fields of the data message as signal-cli writes them. */
  readonly more?: Readonly<Record<string, unknown>>;
}

interface Received {
  readonly envelope: { readonly timestamp: number };
}

export class Customer {
  readonly person: SimPerson;
  readonly #daemon: Daemon;
  readonly #account: SimPerson;
  #newest: { readonly received: Received; readonly sentAt: number } | undefined;

  constructor(given: { readonly daemon: Daemon; readonly account: SimPerson; readonly person: SimPerson }) {
    this.#daemon = given.daemon;
    this.#account = given.account;
    this.person = given.person;
  }

  /** When the newest message of this person's was sent. */
  get newestSentAt(): number {
    if (this.#newest === undefined) throw new Error('nothing was written yet');
    return this.#newest.sentAt;
  }

  says(said: Said): Promise<boolean> {
    const sentAt = this.#daemon.now();
    return this.#send(sentAt, { dataMessage: this.#data(sentAt, said) });
  }

  edits(text: string, sentAt = this.newestSentAt): Promise<boolean> {
    const at = this.#daemon.now();
    return this.#send(
      at,
      { editMessage: { targetSentTimestamp: sentAt, dataMessage: this.#data(at, { text }) } },
      false,
    );
  }

  deletes(sentAt = this.newestSentAt): Promise<boolean> {
    return this.#change({ remoteDelete: { timestamp: sentAt } });
  }

  reacts(emoji: string, target: Quote, isRemove = false): Promise<boolean> {
    const { number, uuid } = shownAs(target.author);
    const of = { targetAuthor: number ?? uuid, targetAuthorNumber: number, targetAuthorUuid: uuid };
    return this.#change({ reaction: { emoji, ...of, targetSentTimestamp: target.sentAt, isRemove } });
  }

  receipt(type: 'delivery' | 'read' | 'viewed', timestamps: readonly number[]): Promise<boolean> {
    const at = this.#daemon.now();
    const kinds = { isDelivery: type === 'delivery', isRead: type === 'read', isViewed: type === 'viewed' };
    return this.#send(at, { receiptMessage: { when: at, ...kinds, timestamps } }, false);
  }

  types(on: boolean): void {
    const at = this.#daemon.now();
    const typingMessage = { action: on ? 'STARTED' : 'STOPPED', timestamp: at };
    this.#daemon.receive(this.#account, this.#received(at, { typingMessage })).catch(() => undefined);
  }

  /** Any other part of an envelope, as signal-cli writes it. */
  sends(part: Readonly<Record<string, unknown>>): Promise<boolean> {
    return this.#send(this.#daemon.now(), part, false);
  }

  /** signal-cli could not read what came. */
  fails(type: string): Promise<boolean> {
    const at = this.#daemon.now();
    const exception = { message: 'could not be read', type };
    const received = { ...this.#received(at, {}), exception };
    return this.#daemon.receive(this.#account, received);
  }

  /** What came last comes once more. */
  repeats(): Promise<boolean> {
    if (this.#newest === undefined) throw new Error('nothing was written yet');
    return this.#daemon.handAgain(this.#account, this.#newest.received);
  }

  #change(fields: Readonly<Record<string, unknown>>): Promise<boolean> {
    const at = this.#daemon.now();
    return this.#send(at, { dataMessage: this.#data(at, { text: null, more: fields }) }, false);
  }

  #send(at: number, part: object, isMessage = true): Promise<boolean> {
    const received = this.#received(at, part);
    if (isMessage) this.#newest = { received, sentAt: at };
    return this.#daemon.receive(this.#account, received);
  }

  #received(at: number, part: object) {
    const { number, uuid } = shownAs(this.person);
    return {
      envelope: {
        source: number ?? uuid,
        sourceNumber: number,
        sourceUuid: uuid,
        sourceName: this.person.name,
        sourceDevice: 1,
        timestamp: at,
        serverReceivedTimestamp: at + 1,
        serverDeliveredTimestamp: at + 2,
        ...part,
      },
    };
  }

  #data(timestamp: number, { text = '', group, files = [], quote, more }: Said): object {
    const attachments = files.map((file) => this.#kept(file));
    return {
      timestamp,
      message: text,
      expiresInSeconds: 0,
      viewOnce: false,
      ...(attachments.length === 0 ? {} : { attachments }),
      ...(quote === undefined ? {} : { quote: quoted(quote) }),
      ...(group === undefined ? {} : { groupInfo: infoOf(group) }),
      ...more,
    };
  }

  #kept({ type, name, bytes }: File): object {
    const id = `${randomUUID().replaceAll('-', '').slice(0, 20)}.bin`;
    this.#daemon.store.files.set(id, Buffer.from(bytes));
    const size = bytes.length;
    return {
      contentType: type,
      filename: name ?? null,
      id,
      size,
      width: null,
      height: null,
      caption: null,
      uploadTimestamp: 1,
    };
  }
}

function shownAs({ number, uuid, hidesNumber }: SimPerson) {
  return { number: hidesNumber === true ? null : number, uuid };
}

function quoted({ sentAt, author, text = '' }: Quote): object {
  const { number, uuid } = shownAs(author);
  return { id: sentAt, author: number ?? uuid, authorNumber: number, authorUuid: uuid, text, attachments: [] };
}

export function infoOf({ id, name, revision }: SimGroup, type = 'DELIVER'): object {
  return { groupId: id, groupName: name, revision, type };
}
