/** `node src/cli/generate.ts` writes the generated files; with `--check` a stale one is a failure and nothing is written. */
import { edge } from '../config/edge.ts';
import { generatedFiles, staleFiles, writeGenerated } from './generated.ts';

const stale = staleFiles(edge.cwd);
if (!edge.args.includes('--check')) {
  writeGenerated(edge.cwd);
  edge.say(`${String(generatedFiles().length)} generated files, ${String(stale.length)} changed`);
} else if (stale.length > 0) {
  edge.say(`stale: ${stale.join(', ')}; run npm run generated`);
  edge.end(1);
}
