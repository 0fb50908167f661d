/** HTTP for connectors. Everything has a time limit and a size limit; nothing follows a redirect with credentials. */

/** A form with one file in it (RFC 7578), whose bytes are read as they go out: it is never in memory as a whole. */
export interface FileForm {
  readonly fields: Readonly<Record<string, string>>;
  readonly file: {
    /** Of the form. */
    readonly field: string;
    readonly name: string;
    readonly type: string;
    /** Bytes; `open` gives exactly so many. */
    readonly size: number;
    open(): AsyncIterable<Uint8Array>;
  };
}

export interface FetchWish {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | FormData | FileForm;
  /** Until the last byte of the answer. Default 30 s. */
  readonly timeoutMs?: number;
  /** Of the answer's body. Default 1 MB. */
  readonly maxBytes?: number;
  /** Nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
}

export interface FetchAnswer {
  readonly status: number;
  /** By lower-case name. */
  header(name: string): string | undefined;
  /** Piece by piece; ends the connection when left early. @throws FetchFailed */
  pieces(): AsyncIterable<Uint8Array>;
  /** @throws FetchFailed, also where it is longer than `maxBytes` */
  bytes(): Promise<Uint8Array>;
  /** Undefined where it is no JSON. @throws FetchFailed */
  json(): Promise<unknown>;
}

/**
 * Asks an address that somebody outside named. Only http and https, only public addresses (RFC 6890) or those that the
 * config's `media.fetchFrom` names; the address that was checked is the one that is connected to; a redirect is a new
 * question, at most five, and loses every header of ours when it leaves the origin.
 */
export type GuardedFetch = (url: string, wish?: FetchWish) => Promise<FetchAnswer>;

/** Asks the one origin that the admin named in the config, wherever it lies; `path` begins with `/`. No redirects. */
export type ApiFetch = (path: string, wish?: FetchWish) => Promise<FetchAnswer>;

/**
 * No answer that can be used. `refused`: we won't ask (a private address, too many redirects, another scheme), `detail`
 * says why. `unsent`: certainly not sent (no connection). `unclear`: it may have been taken. `too-large`: the answer.
 */
export class FetchFailed extends Error {
  override name = 'FetchFailed';
  readonly kind: 'refused' | 'unsent' | 'unclear' | 'too-large';
  /** For logs and people: no query, no credentials. */
  readonly detail: string;

  constructor(kind: FetchFailed['kind'], detail: string, options?: ErrorOptions) {
    super(`${kind}: ${detail}`, options);
    this.kind = kind;
    this.detail = detail;
  }
}
