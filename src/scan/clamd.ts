/** ClamAV's daemon, over TCP or its socket: clamd(8), INSTREAM. The file never lies on its disk under our name. */
import type { Clock } from '../core/clock.ts';
import { OwnBytes } from '../core/own-bytes.ts';
import type { MalwareScanner, Scanned } from '../core/ports/scanner.ts';
import { Conversation, type Place } from './conversation.ts';
import { codeOf, failedToScan, scannerWords } from './scan-words.ts';

/** clamd gives up a scan after two minutes by itself (`MaxScanTime`). */
const SCAN_MS = 3 * 60_000;
const PIECE_BYTES = 64 * 1024;

export function clamdScanner(place: Place, clock: Clock): MalwareScanner {
  return {
    name: 'clamd',
    scan: async (file, signal) => {
      let talk: Conversation | undefined;
      const reading = new OwnBytes(() => file.open());
      try {
        talk = await Conversation.open(place, { clock, ms: SCAN_MS, signal });
        await put(reading, talk);
        return scannedOf(await talk.upTo('\0'));
      } catch (error) {
        if (reading.failed !== undefined) throw reading.failed;
        return failedToScan(`clamd did not answer: ${codeOf(error)}`, true);
      } finally {
        talk?.[Symbol.dispose]();
      }
    },
  };
}

/** A file that is larger than clamd takes (`StreamMaxLength`) is answered while it is still being written. */
async function put(file: OwnBytes, talk: Conversation): Promise<void> {
  await talk.write('zINSTREAM\0');
  for await (const piece of file.pieces()) {
    for (let at = 0; at < piece.length && !talk.answered; at += PIECE_BYTES) {
      const some = piece.subarray(at, at + PIECE_BYTES);
      await talk.write(Buffer.concat([lengthOf(some.length), some])).catch((error: unknown) => {
        if (!talk.answered) throw error;
      });
    }
    if (talk.answered) return;
  }
  await talk.write(lengthOf(0));
}

function lengthOf(bytes: number): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes);
  return length;
}

/** With `AlertExceedsMax` clamd tells by this name that it did not look at all of a file (clamd.conf(5)): no malware. */
const LIMITS = 'Heuristics.Limits.Exceeded';

function scannedOf(answer: string): Scanned {
  const found = /^stream: (.+) FOUND$/u.exec(answer)?.[1];
  if (found?.startsWith(LIMITS) === true) return failedToScan(`more than clamd looks at: ${found}`, false);
  if (found !== undefined) return { result: 'found', detail: scannerWords(found) };
  if (answer === 'stream: OK') return { result: 'clean' };
  if (/size limit exceeded/iu.test(answer)) return failedToScan('larger than clamd takes', false);
  return failedToScan(answer, true);
}
