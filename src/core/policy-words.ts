/** The words of the policy: what is done, why something could not be read. */

/** What is done, the mildest first; `notify` is told beside any of them. */
export const consequences = ['observe', 'flag', 'warn', 'redact', 'quarantine', 'block'] as const;
export type Consequence = (typeof consequences)[number];

/** Why something could not be read. */
export const unreadables = [
  ...(['image', 'voice', 'video', 'location', 'poll'] as const),
  ...(['locked', 'encrypted', 'too-large', 'unknown-type', 'damaged', 'took-too-long', 'missing', 'engine'] as const),
] as const;
export type Unreadable = (typeof unreadables)[number];

export const engineFailures = ['took-too-long', 'crashed', 'not-ready'] as const;
export type EngineFailure = (typeof engineFailures)[number];

/** In the outcome of a showing: what was shown says only that a rule took the words out. */
export const SHOWN_HIDDEN = 'hidden';

export type Severity = 'low' | 'medium' | 'high';

/** What can't be read in a message: part 0 is its file, 1 the thumbnail (as in `file.stored`); absent for the message itself. */
export type Unread = Readonly<{ why: Unreadable; part?: number }>;
