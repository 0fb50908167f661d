import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Simulator } from '../simulator.ts';
import { TelegramSimulator, telegramToken } from './telegram.ts';

const line = z.strictObject({
  from: z.int().positive(),
  name: z.string().min(1).default('Kim'),
  username: z.string().optional(),
  text: z.string().min(1),
  /** Writes in this group, which the bot is in. */
  group: z.int().negative().optional(),
});

export const simulator: Simulator = {
  about:
    'the Bot API of Telegram; apiUrl of the connector names it. Customers: {"from": 7700111, "name": "Kim", "text": "Hi"}',
  options: {
    'username?': 'the name of the bot; default AcmeBot',
    'token-file?': `its token is in this file; default ${telegramToken}`,
  },
  start: async ({ host, port, option, say }) => {
    const file = option('token-file');
    const sim = await TelegramSimulator.start({
      host,
      port,
      token: file === undefined ? telegramToken : readFileSync(file, 'utf8').trim(),
      username: option('username') ?? 'AcmeBot',
      heard: ({ method, values, refused }) => {
        if (method !== 'getUpdates' || refused !== undefined)
          say({ method, ...(refused === undefined ? { values } : { refused }) });
      },
    });
    return {
      listening: sim.url,
      customer: async (written) => {
        const { from, name, username, text, group } = line.parse(written);
        sim.addPerson({ id: from, first_name: name, ...(username === undefined ? {} : { username }) });
        if (group !== undefined && !sim.world.groups.has(group))
          sim.addGroup({ id: group, title: 'Group', type: 'group' });
        const taken = await sim.writes(from, text, group === undefined ? {} : { group });
        say({ taken, text });
      },
      close: () => sim.close(),
    };
  },
};
