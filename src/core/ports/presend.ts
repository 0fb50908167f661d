/** What Synapse asks before an event or a membership exists; `policy/` answers, `http/` brings the questions. */
import type { EventId, Millis, RoomId, UserId } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import type { Done } from './homeserver.ts';

/** An event that the homeserver is about to accept. */
export interface AskedEvent {
  readonly id: EventId;
  readonly type: string;
  readonly room: RoomId;
  readonly sender: UserId;
  readonly at: Millis;
  readonly stateKey?: string;
  readonly content: JsonObject;
  /** All of it, as it was asked. */
  readonly whole: JsonObject;
}

export type PresendQuestion =
  | { readonly callback: 'check_event_for_spam' | 'federated_user_may_invite'; readonly event: AskedEvent }
  | {
      readonly callback: 'user_may_invite';
      readonly inviter: UserId;
      readonly invitee: UserId;
      readonly room: RoomId;
    }
  | { readonly callback: 'user_may_join_room'; readonly user: UserId; readonly room: RoomId };

/** The keys `code` and `msg` never stand in a body: Synapse fails on them, and drops the client's connection. */
export type PresendAnswer =
  | { readonly status: 200; readonly body: Readonly<Record<string, never>> }
  | { readonly status: 403; readonly body: Readonly<Record<string, string>> };

export interface Presend {
  /** Never rejects, and answers within 3 s whatever happens behind it: the sender and everybody in the room wait. */
  ask(question: PresendQuestion): Promise<PresendAnswer>;
  /** What is answered where nothing was judged: as `policy.presend.failOpen` says. Counted. */
  unjudged(why: Unjudged): PresendAnswer;
}

/** Why: more questions than places, a question in a form that we don't know, none in time, an error of ours, no record. */
export type Unjudged = 'too-many' | 'not-understood' | 'too-slow' | 'failed' | 'unrecorded';

/** Hears what comes to the endpoint before anything is judged. None of it ever throws. */
export interface PresendHearing {
  /** The module pings when Synapse starts. */
  pinged(): void;
  /** Somebody asked without the right secret. */
  stranger(): void;
  /** True where this question only tries the module's fail mode: it gets an answer that is no judgement. */
  asked(question: PresendQuestion): boolean;
}

/** What the module does when we give it no judgement, tried: `docs/presend.md`. */
export const presendTrials = ['open', 'closed', 'not-asked', 'wrong-secret', 'elsewhere', 'unclear'] as const;
export type PresendTrial = (typeof presendTrials)[number];

/** The questions that are tried: each has a fail mode of its own. */
export const triedCallbacks = ['check_event_for_spam', 'user_may_invite', 'user_may_join_room'] as const;
export type TriedCallback = (typeof triedCallbacks)[number];
export type PresendTried = Readonly<Record<TriedCallback, PresendTrial>>;

/** A room of our own in which nothing is said, and a user of ours who is not in it: what is tried there changes nothing. */
export interface TrialGround {
  readonly outsider: UserId;
  room(): Done<RoomId>;
  /** An event with this in it, by the one who is there. */
  send(content: JsonObject): Done<unknown>;
  /** Synapse asks before it sees that the outsider may do neither. */
  invite(): Done<unknown>;
  join(): Done<unknown>;
}
