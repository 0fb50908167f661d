/** What a connector that is called by its provider brings to the webhooks listener. */

export type WebhookMethod = 'GET' | 'POST';

export interface WebhookRequest {
  readonly method: WebhookMethod;
  /** Path and query as they came: what providers sign, together with the public URL. */
  readonly target: string;
  /** Lower-case names; values as node:http joins them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The bytes as they came, before anything reads them. */
  readonly body: Uint8Array;
}

export interface WebhookBody {
  readonly type: string;
  readonly content: string | Uint8Array;
}

/** A file of ours that a provider fetches by a link; its bytes are read as they go out. */
export interface LinkedFile {
  readonly name: string;
  readonly type: string;
  /** Bytes; `open` gives exactly so many. */
  readonly size: number;
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** `unknown`: no link of ours. `gone`: it was one, its time is over, or what it led to is erased or may not be seen. */
export type FollowedLink =
  { readonly is: 'file'; readonly file: LinkedFile } | { readonly is: 'unknown' } | { readonly is: 'gone' };

export type WebhookAnswer =
  /** On record. A repeat of what is on record is accepted too. */
  | { readonly to: 'accepted'; readonly body?: WebhookBody }
  /** The signature is missing or wrong: 401. */
  | { readonly to: 'bad-signature' }
  /** Signed, but too old or used before: 403. */
  | { readonly to: 'replay' }
  /** Nothing that is signed, and not the word that was agreed (Meta's `hub.verify_token`): 403. */
  | { readonly to: 'refused' }
  /** Signed, and not what this connector understands: 400, so that the provider shows it. */
  | { readonly to: 'not-understood' }
  /** Signed, and the connector has not connected yet or is stopping: 503 with Retry-After, so that the provider comes again. */
  | { readonly to: 'not-yet' };

export interface Webhook {
  readonly methods: readonly WebhookMethod[];
  /** Largest body, in bytes. */
  readonly maxBytes: number;
  /**
   * Checks the signature and puts what came on record; resolves after the commit. JournalDown becomes 503 with
   * Retry-After, anything else thrown 500: either way the provider comes again.
   */
  handle(request: WebhookRequest): Promise<WebhookAnswer>;
}
