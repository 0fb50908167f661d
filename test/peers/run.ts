/** `npm run test:peers`: our SMPP, XMPP, signatures and scanning against implementations that are not ours. */
import { againstClamd } from './against-clamd.ts';
import { againstNpmSmpp } from './against-npm-smpp.ts';
import { againstPerlEsme } from './against-perl-esme.ts';
import { againstPerlSmsc } from './against-perl-smsc.ts';
import { againstSlixmpp } from './against-slixmpp.ts';
import { againstTshark } from './against-tshark.ts';
import { againstTwilio } from './against-twilio.ts';
import { CheckList } from './check-list.ts';
import { missingPerlPeer } from './perl-peer.ts';
import { missingClamd } from '../support/clamd.ts';
import { missingProsody } from '../support/xmpp/prosody.ts';
import { missingSlixmpp } from './slixmpp-peer.ts';
import { missingTshark } from './tshark.ts';

const list = new CheckList();
const noPerl = missingPerlPeer();
if (noPerl === undefined) {
  await list.section('the SMSC of Net::SMPP', () => againstPerlSmsc(list));
  await list.section('the client of Net::SMPP', () => againstPerlEsme(list));
} else {
  list.skip('Net::SMPP', noPerl);
}
await list.section('npm smpp', () => againstNpmSmpp(list));
const noTshark = missingTshark();
if (noTshark === undefined) await list.section('tshark', () => againstTshark(list));
else list.skip('tshark', noTshark);
const noXmpp = missingProsody() ?? missingSlixmpp();
if (noXmpp === undefined) await list.section('Prosody and slixmpp', () => againstSlixmpp(list));
else list.skip('Prosody and slixmpp', noXmpp);
const noClamd = missingClamd();
if (noClamd === undefined) await list.section('clamd', () => againstClamd(list));
else list.skip('clamd', noClamd);
await list.section('the twilio package', () => againstTwilio(list));
list.finish();
process.exitCode = list.failed > 0 || list.skipped > 0 ? 1 : 0;
