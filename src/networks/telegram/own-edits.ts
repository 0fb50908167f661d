/** The words of our last edits: Telegram repeats to us what we change in a connected account's chats. */
const editsMax = 500;

export class OwnEdits {
  readonly #texts = new Map<string, string>();

  note(id: string, text: string): void {
    this.#texts.delete(id);
    this.#texts.set(id, text);
    const oldest = this.#texts.keys().next();
    if (this.#texts.size > editsMax && oldest.done !== true) this.#texts.delete(oldest.value);
  }

  has(id: string, text: string): boolean {
    return this.#texts.get(id) === text;
  }
}
