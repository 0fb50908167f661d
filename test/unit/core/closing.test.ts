import { describe, expect, test } from '@jest/globals';
import { Closing } from '../../../src/core/closing.ts';

function kept(done: string[], name: string, failure?: Error): AsyncDisposable {
  return {
    [Symbol.asyncDispose]: () => {
      done.push(name);
      return failure === undefined ? Promise.resolve() : Promise.reject(failure);
    },
  };
}

describe('what was opened', () => {
  test('is closed in the opposite order, once', async () => {
    const done: string[] = [];
    const closing = new Closing();
    closing.use(kept(done, 'journal'));
    closing.defer(() => {
      done.push('listener');
      return Promise.resolve();
    });
    await closing[Symbol.asyncDispose]();
    await closing[Symbol.asyncDispose]();
    expect(done).toEqual(['listener', 'journal']);
  });

  test('is closed whole even where a step fails, and the first failure is told', async () => {
    const done: string[] = [];
    const closing = new Closing();
    closing.use(kept(done, 'lock'));
    closing.use(kept(done, 'journal', new Error('journal')));
    closing.use(kept(done, 'doors', new Error('doors')));
    await expect(closing[Symbol.asyncDispose]()).rejects.toThrow('doors');
    expect(done).toEqual(['doors', 'journal', 'lock']);
  });

  test('stays open when it was handed on', async () => {
    const done: string[] = [];
    const open = async (): Promise<Closing> => {
      await using closing = new Closing();
      closing.use(kept(done, 'journal'));
      return await Promise.resolve(closing.move());
    };
    const opened = await open();
    expect(done).toEqual([]);
    await opened[Symbol.asyncDispose]();
    expect(done).toEqual(['journal']);
  });
});
