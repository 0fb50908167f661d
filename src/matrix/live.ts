/** Typing, read receipts and presence of our own users (Matrix spec, client-server API). */
import type { LiveHomeserver } from '../core/ports/live-homeserver.ts';
import type { PresenceState } from '../core/ports/outbound.ts';
import type { Actors } from './actors.ts';
import { call, nothing } from './calls.ts';

/** Matrix has three states; away for longer and busy are "unavailable", and say so in words. */
const PRESENCE: Readonly<Record<PresenceState, { readonly presence: string; readonly words?: string }>> = {
  available: { presence: 'online' },
  chat: { presence: 'online', words: 'free for chat' },
  away: { presence: 'unavailable', words: 'away' },
  xa: { presence: 'unavailable', words: 'away for longer' },
  dnd: { presence: 'unavailable', words: 'do not disturb' },
  offline: { presence: 'offline' },
};
const LONGEST_WORDS = 250;

export function liveHomeserver(actors: Actors): LiveHomeserver {
  return {
    read: ({ as, room, event }) =>
      call(actors, {
        as,
        method: 'POST',
        path: ['rooms', room, 'receipt', 'm.read', event],
        body: {},
        answer: nothing,
        changes: false,
      }),
    typing: ({ as, room, on, forMs }) =>
      call(actors, {
        as,
        method: 'PUT',
        path: ['rooms', room, 'typing', as],
        body: on ? { typing: true, timeout: forMs } : { typing: false },
        answer: nothing,
        changes: false,
      }),
    presence: ({ as, state, words }) => {
      const { presence, words: meaning } = PRESENCE[state];
      const said = [meaning, words].filter((one) => one !== undefined && one !== '').join(': ');
      return call(actors, {
        as,
        method: 'PUT',
        path: ['presence', as, 'status'],
        body: { presence, ...(said === '' ? {} : { status_msg: said.slice(0, LONGEST_WORDS) }) },
        answer: nothing,
        changes: false,
      });
    },
  };
}
