/** What the scanner threads may cost. */
import type { QueueLimits } from './job-queue.ts';

export interface ScannerLimits {
  /** Messages that wait for the gate's thread; their weight in UTF-16 units. */
  readonly messages: QueueLimits;
  /** Files that wait for the slow thread; their weight in bytes. */
  readonly files: QueueLimits;
  readonly fileBytes: number;
  /** Of one file, from its turn on. */
  readonly fileMs: number;
  /** Of one rule set, with the start of its thread. */
  readonly compileMs: number;
  /** MB of heap. */
  readonly gateHeapMb: number;
  readonly slowHeapMb: number;
}

export const scannerLimits: ScannerLimits = {
  messages: { jobs: 1_000, weight: 32 * 1024 * 1024 },
  files: { jobs: 64, weight: 256 * 1024 * 1024 },
  fileBytes: 20 * 1024 * 1024,
  fileMs: 30_000,
  compileMs: 30_000,
  gateHeapMb: 192,
  slowHeapMb: 128,
};
