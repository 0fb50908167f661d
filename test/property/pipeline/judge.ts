/**
 * Stands beside every act and every acknowledgement and asks the database, at that moment, whether the record already
 * has what must be there: record, then act, then acknowledge.
 */
import { z } from 'zod';
import { must, parsePosition } from '../../../src/core/ids.ts';
import type { OutboundMessage } from '../../../src/core/ports/outbound.ts';
import type { JournalReader } from '../../../src/journal/reader.ts';
import type { Task } from '../../../src/tasks/task.ts';
import type { CustomerText, Receipt } from './provider.ts';
import type { Call, SynapseEvent } from './synapse.ts';

/** The promises, in words. */
export type Rule =
  | 'acknowledged without being on record'
  | 'acted without an earlier entry'
  | 'acted while the journal was down'
  | 'one remote message, not one entry'
  | 'an entry ended neither done nor visibly failed'
  | 'out of order in a portal'
  | 'a duplicate that is none of the named cases'
  | 'a possible duplicate without its mark'
  | 'told otherwise than it was'
  | 'sent without the approval of this very text'
  | 'never comes to rest'
  | 'the tree does not verify';

export interface Violation {
  readonly rule: Rule;
  readonly words: string;
}

const sourceShape = z.object({ 'org.gatehouse.source': z.object({ position: z.number(), part: z.string() }) });
const creationShape = z.object({ creation_content: z.object({ 'org.gatehouse.portal': z.string() }) });

export class Judge {
  readonly violations: Violation[] = [];
  readonly #reader: JournalReader;
  readonly #trace: (words: string) => void;

  constructor(reader: JournalReader, trace: (words: string) => void) {
    this.#reader = reader;
    this.#trace = trace;
  }

  blame(rule: Rule, words: string): void {
    this.#trace(`! ${rule}: ${words}`);
    this.violations.push({ rule, words });
  }

  /** A transaction was answered with 200. */
  async acknowledged(events: readonly SynapseEvent[]): Promise<void> {
    for (const { event_id: id } of events) {
      const known = await this.#reader.bySource({ system: 'matrix', id });
      if (known.length === 0) this.blame('acknowledged without being on record', `event ${id}`);
    }
  }

  async acknowledgedText(text: CustomerText, attempt: number): Promise<void> {
    const raw = `${text.id} ${String(attempt)}`;
    const size = await this.#reader.size();
    for (let position = size; position > 0; position -= 1) {
      const entry = await this.#reader.read(must(parsePosition(position)));
      if (entry === undefined || 'erased' in entry || entry.kind !== 'network.message') continue;
      const brought = Buffer.from(entry.raw ?? []).toString('utf8');
      if (brought === raw || (entry.source.sure && entry.source.id === text.id)) return;
    }
    this.blame('acknowledged without being on record', `text ${raw}`);
  }

  async acknowledgedReceipt(receipt: Receipt, connector: string): Promise<void> {
    const id = `receipt/${receipt.id}/${receipt.state}`;
    const known = await this.#reader.bySource({ system: `network:${connector}`, id });
    if (known.length === 0) this.blame('acknowledged without being on record', id);
  }

  /** The network hears of a message: its attempt, with this very text, must be on record. */
  async submitted(message: OutboundMessage): Promise<void> {
    const id = `attempt/${String(message.position)}/${String(message.attempt)}`;
    const [first] = await this.#reader.bySource({ system: 'gatehouse', id });
    const entry = first === undefined ? undefined : await this.#reader.read(first);
    const text = entry !== undefined && !('erased' in entry) && entry.kind === 'delivery.attempt' && entry.body.text;
    if (text !== message.text) this.blame('acted without an earlier entry', `submission "${message.text}"`);
  }

  /** The homeserver is asked to do something: what it shows must be on record. */
  async heard({ method, path, body, as }: Call): Promise<void> {
    if (method === 'GET') return;
    const shown = sourceShape.safeParse(body).data?.['org.gatehouse.source'];
    if (shown !== undefined) await this.#mustBeOnRecord(shown.position, `${shown.part} as ${as} in ${path[1] ?? ''}`);
    const portal = creationShape.safeParse(body).data?.creation_content['org.gatehouse.portal'];
    if (portal !== undefined) await this.#mustBeOnRecord(Number(portal.slice(1)), `the room of portal ${portal}`);
  }

  /** `refused`: the end of an earlier turn waits for the disk, so no other turn may begin. */
  turnBegins(task: Task, refused: boolean): void {
    if (refused) this.blame('acted while the journal was down', `turn of task ${task.id}`);
  }

  async #mustBeOnRecord(position: number, what: string): Promise<void> {
    if (position > (await this.#reader.size())) this.blame('acted without an earlier entry', what);
  }
}
