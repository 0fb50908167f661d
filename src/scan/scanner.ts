/** The scanner that the config names (`media.scan`). */
import type { Clock } from '../core/clock.ts';
import type { MalwareScanner } from '../core/ports/scanner.ts';
import { clamdScanner } from './clamd.ts';
import { commandScanner } from './command.ts';
import { icapScanner, type IcapPlace } from './icap.ts';
import type { Place } from './conversation.ts';

export type ScanSettings =
  'none' | { readonly clamd: Place } | { readonly icap: IcapPlace } | { readonly command: readonly string[] };

/** Undefined where nobody is asked. */
export function scannerOf(scan: ScanSettings, clock: Clock): MalwareScanner | undefined {
  if (scan === 'none') return undefined;
  if ('clamd' in scan) return clamdScanner(scan.clamd, clock);
  return 'icap' in scan ? icapScanner(scan.icap, clock) : commandScanner(scan.command, clock);
}
