/** A text that the scanner thread of the tests works on for as long as the test wants. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../../support/carrier.ts';

export interface Held extends Disposable {
  readonly text: string;
  /** Resolves once the thread works on it. */
  began(): Promise<void>;
  /** From now on the thread goes on. */
  release(): void;
}

export function held(words = ''): Held {
  const folder = mkdtempSync(join(tmpdir(), 'held-'));
  return {
    text: `held in ${folder} ${words}`,
    began: () => until('the thread to work on it', () => existsSync(join(folder, 'began'))),
    release: () => {
      writeFileSync(join(folder, 'go'), '');
    },
    [Symbol.dispose]: () => {
      rmSync(folder, { recursive: true });
    },
  };
}
