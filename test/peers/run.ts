/** `npm run test:peers`: our SMPP against implementations that are not ours. */
import { againstPerlEsme } from './against-perl-esme.ts';
import { againstPerlSmsc } from './against-perl-smsc.ts';
import { againstTshark } from './against-tshark.ts';
import { CheckList } from './check-list.ts';
import { missingPerlPeer } from './perl-peer.ts';
import { missingTshark } from './tshark.ts';

const list = new CheckList();
const noPerl = missingPerlPeer();
if (noPerl === undefined) {
  await list.section('the SMSC of Net::SMPP', () => againstPerlSmsc(list));
  await list.section('the client of Net::SMPP', () => againstPerlEsme(list));
} else {
  list.skip('Net::SMPP', noPerl);
}
const noTshark = missingTshark();
if (noTshark === undefined) await list.section('tshark', () => againstTshark(list));
else list.skip('tshark', noTshark);
list.finish();
process.exitCode = list.failed > 0 || list.skipped > 0 ? 1 : 0;
