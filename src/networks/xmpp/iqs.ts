/** Questions of ours to servers and rooms, and their answers. */
import type { Clock } from '../../core/clock.ts';
import { bareOf, fullOf, readJid } from './jid.ts';
import { ns } from './namespaces.ts';
import { xml, type XmlElement } from './xml/element.ts';

export type IqAnswer =
  | { readonly is: 'result'; readonly iq: XmlElement }
  | { readonly is: 'error'; readonly iq: XmlElement }
  | { readonly is: 'silence' };

interface Question {
  readonly from: string;
  readonly to: string;
  readonly payload: XmlElement;
  readonly type?: 'get' | 'set';
}

interface Waiting {
  readonly to: string;
  readonly settle: (answer: IqAnswer) => void;
}

export class Iqs {
  readonly #given: {
    readonly clock: Clock;
    readonly timeoutMs: number;
    readonly write: (stanza: XmlElement) => boolean;
  };
  readonly #waiting = new Map<string, Waiting>();
  #asked = 0;

  constructor(given: {
    readonly clock: Clock;
    readonly timeoutMs: number;
    readonly write: (stanza: XmlElement) => boolean;
  }) {
    this.#given = given;
  }

  /** Never rejects. */
  ask({ from, to, payload, type = 'get' }: Question): Promise<IqAnswer> {
    this.#asked += 1;
    const id = `gh-iq-${String(this.#asked)}`;
    return new Promise((resolve) => {
      const settle = (answer: IqAnswer): void => {
        cancel();
        this.#waiting.delete(id);
        resolve(answer);
      };
      const cancel = this.#given.clock.after(this.#given.timeoutMs, () => {
        settle({ is: 'silence' });
      });
      this.#waiting.set(id, { to, settle });
      const left = this.#given.write(xml(ns.component, 'iq', { type, from, to, id }, [payload]));
      if (!left) settle({ is: 'silence' });
    });
  }

  /** @returns whether it answers a question of ours; only who was asked can. */
  take(iq: XmlElement): boolean {
    const { id = '', type, from = '' } = iq.attrs;
    const waiting = this.#waiting.get(id);
    if (waiting === undefined || !isSame(from, waiting.to)) return false;
    waiting.settle({ is: type === 'result' ? 'result' : 'error', iq });
    return true;
  }

  /** The stream is gone: nothing is answered any more. */
  end(): void {
    for (const { settle } of Array.from(this.#waiting.values())) settle({ is: 'silence' });
  }
}

function isSame(from: string, to: string): boolean {
  const [one, other] = [readJid(from), readJid(to)];
  return one !== undefined && other !== undefined && fullOf(one) === fullOf(other) && bareOf(one) !== '';
}
