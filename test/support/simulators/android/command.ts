import { z } from 'zod';
import type { Simulator } from '../simulator.ts';
import { simPhone, startAndroid } from './android.ts';

const written = z.union([
  z.strictObject({ from: z.string().min(1), text: z.string() }),
  z.strictObject({ about: z.string().min(1), becomes: z.enum(['Sent', 'Delivered', 'Failed']) }),
]);

export const simulator: Simulator = {
  about: `a phone with SMS Gateway for Android (user ${simPhone.username}, password ${simPhone.password}, signing key ${simPhone.signingKey})`,
  options: { 'server?': 'local (lists what came in) or cloud' },
  start: async ({ host, port, option, say }) => {
    const server = option('server') === 'cloud' ? 'cloud' : 'local';
    const phone = await startAndroid({ host, port, server });
    return {
      listening: phone.url,
      customer: async (line) => {
        const told = written.parse(line);
        if ('about' in told) say({ taken: await phone.becomes(told.about, told.becomes), sent: phone.sent.length });
        else say({ taken: await phone.customerWrites(told.text, { from: told.from }), sent: phone.sent.length });
      },
      close: () => phone[Symbol.asyncDispose](),
    };
  },
};
