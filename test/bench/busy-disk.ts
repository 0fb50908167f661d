/** Keeps a disk busy: writes and fsyncs until it is ended. */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';

const file = openSync(process.argv[2] ?? '/dev/null', 'w');
const piece = Buffer.alloc(4 * 1024 * 1024, 7);
process.on('disconnect', () => {
  closeSync(file);
  process.exit(0);
});
function more(): void {
  writeSync(file, piece, 0, piece.length, 0);
  fsyncSync(file);
  setImmediate(more);
}
more();
