/** `npm run test:peers`: our SMPP against implementations that are not ours. */
import { againstPerlEsme } from './against-perl-esme.ts';
import { againstPerlSmsc } from './against-perl-smsc.ts';
import { CheckList } from './check-list.ts';
import { missingPeer } from './perl-peer.ts';

const list = new CheckList();
const missing = missingPeer();
if (missing === undefined) {
  await list.section('the SMSC of Net::SMPP', () => againstPerlSmsc(list));
  await list.section('the client of Net::SMPP', () => againstPerlEsme(list));
} else {
  list.skip('Net::SMPP', missing);
}
list.finish();
process.exitCode = list.failed > 0 || list.skipped > 0 ? 1 : 0;
