/** Asks somebody else whether a file is malware; `scan/` implements it. Absent: nobody is asked. */

export interface ScannedFile {
  /** As its sender calls it. */
  readonly name: string | undefined;
  /** What the bytes are, looked at. */
  readonly type: string;
  readonly size: number;
  /** From the first byte, each time it is called. */
  open(): AsyncIterable<Uint8Array>;
}

export type Scanned =
  | { readonly result: 'clean' }
  /** `detail` is the scanner's own name for what it found. */
  | { readonly result: 'found'; readonly detail: string }
  /** `again`: it may answer another time; else it never will for this file. `detail` is safe to show. */
  | { readonly result: 'failed'; readonly detail: string; readonly again: boolean };

export interface MalwareScanner {
  readonly name: 'clamd' | 'icap' | 'command';
  /** Ends by a deadline of its own, or when `signal` is aborted. Rejects only for what `open` throws. */
  scan(file: ScannedFile, signal: AbortSignal): Promise<Scanned>;
}
