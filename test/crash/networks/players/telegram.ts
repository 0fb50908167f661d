/** Telegram, asked by long polling: an update is confirmed by the next question. */
import { must, parseAddress } from '../../../../src/core/ids.ts';
import { TelegramSimulator, telegramToken } from '../../../support/simulators/telegram/telegram.ts';
import type { Player } from '../player.ts';

const FIRST = 7_700_100;

export async function telegramPlayer(): Promise<Player> {
  const sim = await TelegramSimulator.start();
  const person = (n: number): number => {
    const id = FIRST + n;
    if (!sim.world.users.has(id)) sim.addPerson({ id, first_name: `Kim ${String(n)}` });
    return id;
  };
  return {
    line: must(parseAddress('@acmebot')),
    settings: {
      ...{ token: telegramToken, apiUrl: sim.url, mode: 'polling' },
      ...{ perSecond: 1_000, perChatPerSecond: 1_000, responseTimeout: '5s', pollTimeout: '5s' },
      reconnect: { first: '50ms', most: '500ms', refused: '500ms' },
    },
    writes: (n, text) => sim.writes(person(n), text),
    sendsPicture: (n, picture) => sim.sendsFile(person(n), { ...picture, name: 'shelf.jpg', field: 'photo' }),
    edits: (n, text) => sim.edits(person(n), text),
    taken: () =>
      sim.sent.map(({ id, chat, text, media }) => ({
        ...{ id: String(id), person: chat - FIRST, text },
        ...(media === undefined ? {} : { picture: media.file.bytes }),
      })),
    close: () => sim.close(),
  };
}
