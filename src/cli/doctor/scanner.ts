/** Whether the scanner for malware (`media.scan`) answers, stops what every scanner stops, and lets a letter by. */
import type { Config } from '../../config/config.ts';
import type { Clock } from '../../core/clock.ts';
import type { MalwareScanner, Scanned } from '../../core/ports/scanner.ts';
import { scannerOf } from '../../scan/scanner.ts';
import { broken, fine, type Finding } from './finding.ts';

const ID = 'scanner';
const NEVER = new AbortController().signal;

/** EICAR's test file, in two halves: whole, a scanner on this machine would take the program for it. */
const TEST_FILE = [String.raw`X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-`, 'ANTIVIRUS-TEST-FILE!$H+H*'].join('');

export async function checkScanner({ media }: Pick<Config, 'media'>, clock: Clock): Promise<readonly Finding[]> {
  const scanner = scannerOf(media.scan, clock);
  if (scanner === undefined) return [];
  const letter = await ask(scanner, 'a letter');
  if (letter.result === 'failed') return [silent(letter.detail, media.unscanned)];
  if (letter.result === 'found') {
    return [broken(ID, `${scanner.name} stops a plain letter (${letter.detail})`, 'look at its settings')];
  }
  const test = await ask(scanner, TEST_FILE);
  if (test.result === 'failed') return [silent(test.detail, media.unscanned)];
  return [
    test.result === 'found'
      ? fine(ID, `${scanner.name} stops the EICAR test file and lets a letter by`)
      : broken(
          ID,
          `${scanner.name} lets the EICAR test file by`,
          'see that it has signatures and is given whole files',
        ),
  ];
}

function silent(detail: string, unscanned: Config['media']['unscanned']): Finding {
  const meanwhile = unscanned === 'hold' ? 'no file is shown or sent meanwhile' : 'files are shown unscanned meanwhile';
  return broken(ID, `${detail}; ${meanwhile}`, 'start the scanner, or correct media.scan');
}

function ask(scanner: MalwareScanner, text: string): Promise<Scanned> {
  const bytes = Buffer.from(text);
  const open = async function* (): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(bytes);
  };
  return scanner.scan({ name: 'test.txt', type: 'text/plain', size: bytes.length, open }, NEVER);
}
