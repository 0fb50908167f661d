/** What stands for a value where the value must not be: an HMAC, so that only who has the key can ask whether it is this one. */
import { createHmac, type KeyObject } from 'node:crypto';

/** For one message: the same value is computed once, however many rules find it. */
export class StandIns {
  readonly #key: KeyObject;
  readonly #known = new Map<string, string>();

  constructor(key: KeyObject) {
    this.#key = key;
  }

  /** HMAC-SHA256 (RFC 2104), hex. */
  of(value: string): string {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const made = createHmac('sha256', this.#key).update(value).digest('hex');
    this.#known.set(value, made);
    return made;
  }
}
