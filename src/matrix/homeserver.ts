/** The port `core/ports/homeserver.ts`, over the two appservices. */
import type { Clock } from '../core/clock.ts';
import type { Homeserver } from '../core/ports/homeserver.ts';
import type { HomeserverErasing } from '../core/ports/homeserver-erasing.ts';
import type { Actors } from './actors.ts';
import { adminHelp } from './admin-help.ts';
import { download } from './download.ts';
import { ownReactions } from './own-reactions.ts';
import { ping } from './ping.ts';
import { Rooms } from './rooms.ts';
import { Sending, type SendingOptions } from './sending.ts';
import { upload } from './upload.ts';

export function homeserverOf(
  actors: Actors,
  options: {
    readonly domain: string;
    readonly clock: Clock;
    /** Absent without an admin's token. */
    readonly admin?: { readonly url: string; readonly token: string };
    /** Lets in again whom it took out of use; absent without an admin's token. */
    readonly erasing?: Pick<HomeserverErasing, 'activate'> | undefined;
  } & SendingOptions,
): Homeserver {
  const rooms = new Rooms(actors);
  const sending = new Sending(actors, options);
  return {
    domain: options.domain,
    gatehouse: actors.gatehouse,
    compliance: actors.compliance,
    isOurs: (user) => actors.isOurs(user),
    send: (event) => sending.send(event),
    findEcho: (sent) => sending.findEcho(sent),
    ownReactions: (on) => ownReactions(actors, on),
    redact: (redaction) => sending.redact(redaction),
    setState: (state) => rooms.setState(state),
    state: (at) => rooms.state(at),
    createRoom: (room) => rooms.createRoom(room),
    resolveAlias: (alias) => rooms.resolveAlias(alias),
    dropAlias: (of) => rooms.dropAlias(of),
    findRoomMade: (by) => rooms.findRoomMade(by),
    ensureGhost: async ({ user, name, again = false }) => {
      // Where the admin's token is refused, a ghost that was never out of use is none the worse.
      if (again) await options.erasing?.activate(user);
      return actors.ensureGhost(user, name);
    },
    ensureJoined: (member) => rooms.ensureJoined(member),
    invite: (invite) => rooms.invite(invite),
    members: (of) => rooms.members(of),
    upload: (file) => upload(actors, file, options.clock),
    download: (file) => download(actors, file, options.clock),
    ping: (service) => ping(actors, service),
    ...(options.admin === undefined ? {} : adminHelp(options.admin, options.clock)),
  };
}
