/** The simulated phone: who it is, and what it keeps of the texts that came in. */
import { systemClock } from '../../../../src/core/clock.ts';

export const simPhone = {
  username: 'ABCDEF',
  password: 'simulated-password',
  signingKey: 'simulated-signing-key',
  number: '+12025550122',
} as const;

export interface InboxEntry {
  readonly id: string;
  readonly type: 'SMS' | 'DATA_SMS' | 'MMS' | 'MMS_DOWNLOADED';
  readonly sender: string;
  readonly recipient: string | null;
  readonly simNumber: number | null;
  readonly contentPreview: string;
  readonly createdAt: number;
  readonly files: readonly PhoneFile[];
}

export interface PhoneFile {
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly name?: string;
}

/** What came in, and what the app has not seen of it. */
export class PhoneInbox {
  readonly seen: InboxEntry[] = [];
  readonly unseen: InboxEntry[] = [];
  #lastAt = 0;

  /** No two in one millisecond. */
  moment(): number {
    this.#lastAt = Math.max(systemClock.now(), this.#lastAt + 1);
    return this.#lastAt;
  }

  keep(
    { at, ...known }: Omit<InboxEntry, 'contentPreview' | 'createdAt' | 'files'> & { readonly at: number },
    preview: string,
    files: readonly PhoneFile[],
  ): void {
    const shown = preview === '' && known.type === 'MMS_DOWNLOADED' ? 'MMS content' : preview;
    this.seen.push({ ...known, contentPreview: shown, createdAt: at, files });
  }
}

/** In the phone's own zone, with milliseconds: `2024-06-22T15:46:11.000+07:00`. */
export function localTime(ms: number): string {
  return new Date(ms + 7 * 3_600_000).toISOString().replace('Z', '+07:00');
}

/** As Java's `String.hashCode`. */
export function hashOf(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i += 1) hash = (31 * hash + text.charCodeAt(i)) | 0;
  return hash;
}
