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

/** Words; or a file, whose bytes are read as they go out and only where they are asked for. */
export type WebhookBody =
  | { readonly type: string; readonly content: string | Uint8Array }
  | {
      readonly type: string;
      readonly name: string;
      /** Bytes; `pieces` gives exactly so many. */
      readonly size: number;
      readonly pieces: () => AsyncIterable<Uint8Array>;
    };

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
  | { readonly to: 'not-understood' };

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
