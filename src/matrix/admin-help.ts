/** What the admin's token adds to the homeserver's port: power in a room, and how an account is. */
import type { Clock } from '../core/clock.ts';
import type { Homeserver } from '../core/ports/homeserver.ts';
import { ok } from '../core/result.ts';
import { AdminApi } from './admin-api.ts';
import { takeBack } from './take-back.ts';

type AdminHelp = Required<Pick<Homeserver, 'takeCharge' | 'account' | 'takeBack'>>;

export function adminHelp({ url, token }: { readonly url: string; readonly token: string }, clock: Clock): AdminHelp {
  const api = new AdminApi(url, token);
  return {
    takeBack: (of) => takeBack(api, of, clock),
    takeCharge: ({ user, room }) => api.makeRoomAdmin(room, user),
    account: async (user) => {
      const away = await api.isAway(user);
      if (away.ok) return ok(away.value ? 'away' : 'active');
      return away.error.kind === 'not-found' ? ok('unknown') : away;
    },
  };
}
