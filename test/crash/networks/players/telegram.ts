/** Telegram: a bot that asks by long polling, where an update is confirmed by the next question; and one that is called. */
import { must, parseAddress } from '../../../../src/core/ids.ts';
import { TelegramSimulator, telegramToken } from '../../../support/simulators/telegram/telegram.ts';
import type { Player } from '../player.ts';

const FIRST = 7_700_100;
/** Between two calls of what was not answered with 2xx. */
const AGAIN_MS = 100;

interface Form {
  readonly mode: 'polling' | 'webhook';
  readonly username: string;
  readonly token: string;
}

export function telegramPlayer(): Promise<Player> {
  return playerOf({ mode: 'polling', username: 'AcmeBot', token: telegramToken });
}

export function calledTelegramPlayer(): Promise<Player> {
  const token = telegramToken.replace(/^\d+/u, '654321');
  return playerOf({ mode: 'webhook', username: 'AcmeHookBot', token });
}

async function playerOf({ mode, username, token }: Form): Promise<Player> {
  const sim = await TelegramSimulator.start({ username, token, againMs: AGAIN_MS });
  const person = (n: number): number => {
    const id = FIRST + n;
    if (!sim.world.users.has(id)) sim.addPerson({ id, first_name: `Kim ${String(n)}` });
    return id;
  };
  return {
    line: must(parseAddress(`@${username.toLowerCase()}`)),
    settings: {
      ...{ token, apiUrl: sim.url, mode, checkWebhook: '1s' },
      ...{ perSecond: 1_000, perChatPerSecond: 1_000, responseTimeout: '5s', pollTimeout: '5s' },
      reconnect: { first: '50ms', most: '500ms', refused: '500ms' },
    },
    writes: (n, text) => sim.writes(person(n), text),
    sendsPicture: (n, picture) => sim.sendsFile(person(n), { ...picture, name: 'shelf.jpg', field: 'photo' }),
    edits: (n, text) => sim.edits(person(n), text),
    taken: () =>
      sim.sent.map(({ id, chat, text, media, deleted, reactions }) => ({
        ...{ id: String(id), person: chat - FIRST, text, deleted, reactions },
        ...(media === undefined ? {} : { picture: media.file.bytes }),
      })),
    close: () => sim.close(),
  };
}
