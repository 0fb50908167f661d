import { describe, test } from '@jest/globals';
import { expectObligation, obligations } from '../connector-kit.ts';
import { telegramNetwork } from './telegram.ts';

const forms = [
  ['a bot that asks for its messages', { mode: 'polling', line: 'bot' }],
  ['a bot that is called', { mode: 'webhook', line: 'bot' }],
  ['an account connected to a bot that asks', { mode: 'polling', line: 'account' }],
  ['an account connected to a bot that is called', { mode: 'webhook', line: 'account' }],
] as const;

describe.each(forms)('telegram, %s, keeps the obligations of a connector', (_name, form) => {
  test.each(Object.entries(obligations))('%s', async (_sentence, obligation) => {
    await expectObligation(telegramNetwork(form), obligation);
  });
});
