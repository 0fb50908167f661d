/**
 * What Alice does to what she wrote earlier: new words, taken back, a reaction put up, changed or taken away. One thing
 * after another on each message, and it is known what she left it as.
 */
import type { Client } from '../../../src/demo/client.ts';
import type { EventId, RoomId } from '../../../src/core/ids.ts';
import type { SeededRandom } from '../seeded-random.ts';

/** A message of hers. */
export interface Answer {
  /** The customer's name. */
  readonly to: string;
  /** As she wrote it first. */
  readonly said: string;
  readonly event: EventId;
  readonly room: RoomId;
  /** Words, and no picture. */
  readonly words: boolean;
}

/** How she left it. */
export interface Left extends Answer {
  /** Her texts after the first, in her order. */
  readonly versions: readonly string[];
  readonly deleted: boolean;
  readonly reaction: string | undefined;
  /** Everything that she did to it. */
  readonly changes: number;
}

interface Changing extends Answer {
  versions: string[];
  deleted: boolean;
  reaction: string | undefined;
  reactionEvent: EventId | undefined;
  changes: number;
  busy: boolean;
}

type Step = (one: Changing) => Promise<void>;

/** What every network that has reactions takes. */
const KEYS = ['👍', '❤', '🎉', '🔥'] as const;
/** She looks no further back. */
const RECENT = 6;

export class StaffChanges {
  readonly #answers = new Map<string, Changing[]>();
  readonly #options: { readonly alice: Client; readonly random: SeededRandom };
  #next = 0;

  constructor(options: { readonly alice: Client; readonly random: SeededRandom }) {
    this.#options = options;
  }

  wrote(answer: Answer): void {
    const fresh = { versions: [], deleted: false, reaction: undefined, reactionEvent: undefined };
    const known = this.#answers.get(answer.to) ?? [];
    known.push({ ...answer, ...fresh, changes: 0, busy: false });
    this.#answers.set(answer.to, known);
  }

  /** Of everybody, as she left them; those that she never changed are among them. */
  all(): readonly Left[] {
    return [...this.#answers.values()].flat();
  }

  /** One of her recent messages to this customer; nothing where there is none. */
  async change(customer: string): Promise<void> {
    const { random } = this.#options;
    const recent = (this.#answers.get(customer) ?? []).slice(-RECENT).filter(({ busy, deleted }) => !busy && !deleted);
    const [first, ...more] = recent;
    if (first === undefined) return;
    const one = random.oneOf([first, ...more]);
    one.busy = true;
    try {
      await this.#step(one)(one);
      one.changes += 1;
    } finally {
      one.busy = false;
    }
  }

  #step({ words, reaction }: Changing): Step {
    const choice = this.#options.random.next();
    if (choice < 0.5 && words) return (one) => this.#edit(one);
    if (choice < 0.6) return (one) => this.#delete(one);
    if (reaction === undefined) return (one) => this.#react(one);
    return choice < 0.8 ? (one) => this.#unreact(one) : (one) => this.#reactAnew(one);
  }

  async #edit(one: Changing): Promise<void> {
    this.#next += 1;
    const text = `${one.said}, changed ${String(this.#next)}`;
    one.versions.push(text);
    await this.#send(one, 'm.room.message', {
      ...{ msgtype: 'm.text', body: `* ${text}` },
      'm.new_content': { msgtype: 'm.text', body: text },
      'm.relates_to': { rel_type: 'm.replace', event_id: one.event },
    });
  }

  async #delete(one: Changing): Promise<void> {
    one.deleted = true;
    await this.#send(one, 'm.room.redaction', { redacts: one.event });
  }

  async #react(one: Changing): Promise<void> {
    const key = this.#options.random.oneOf(KEYS);
    one.reaction = key;
    const relation = { rel_type: 'm.annotation', event_id: one.event, key };
    one.reactionEvent = await this.#send(one, 'm.reaction', { 'm.relates_to': relation });
  }

  async #unreact(one: Changing): Promise<void> {
    const { reactionEvent } = one;
    one.reaction = undefined;
    one.reactionEvent = undefined;
    if (reactionEvent !== undefined) await this.#send(one, 'm.room.redaction', { redacts: reactionEvent });
  }

  async #reactAnew(one: Changing): Promise<void> {
    await this.#unreact(one);
    await this.#react(one);
  }

  #send({ room }: Answer, type: string, content: Parameters<Client['send']>[2]): Promise<EventId> {
    return this.#options.alice.send(room, type, content);
  }
}

/** What was written first, of a text of hers in any version. */
export function firstOf(text: string): string {
  return text.replace(/, changed \d+$/u, '');
}

/** Which of all versions; 0 of what she wrote first. They count up. */
export function versionOf(text: string): number {
  return Number(/, changed (\d+)$/u.exec(text)?.[1] ?? '0');
}
