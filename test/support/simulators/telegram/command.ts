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
  about: 'the Bot API of Telegram (api.telegram.org)',
  options: {
    'username?': 'the name of the bot; AcmeBot when left out',
    'token-file?': `its token is in this file; ${telegramToken} when left out`,
  },
  takes: [
    '{"from": 7700111, "name": "Kim", "text": "Is the blue one still available?"}',
    '{"from": 7700111, "name": "Kim", "text": "Hello all", "group": -555}',
  ],
  start: async ({ host, port, option }) => {
    const file = option('token-file');
    const troubles: string[] = [];
    const sim = await TelegramSimulator.start({
      host,
      port,
      token: file === undefined ? telegramToken : readFileSync(file, 'utf8').trim(),
      username: option('username') ?? 'AcmeBot',
      heard: ({ method, refused }) => {
        if (refused !== undefined) troubles.push(`${method}: ${refused}`);
      },
    });
    return {
      listening: sim.url,
      received: () => sim.sent.map(({ id, chat, text }) => ({ id, to: chat, text })),
      troubles: () => troubles,
      customer: (written) => {
        const { from, name, username, text, group } = line.parse(written);
        sim.addPerson({ id: from, first_name: name, ...(username === undefined ? {} : { username }) });
        if (group !== undefined && !sim.world.groups.has(group))
          sim.addGroup({ id: group, title: 'Group', type: 'group' });
        return sim.writes(from, text, group === undefined ? {} : { group });
      },
      close: () => sim.close(),
    };
  },
};
