/**
 * `npm run test:peers`: our SMPP, XMPP, signatures and scanning against implementations that are not ours. One that is
 * not here, and can't be installed, fails the run; with `--may-miss` it is left out, and counted as skipped.
 */
import { parseArgs } from 'node:util';
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

const { values } = parseArgs({ options: { 'may-miss': { type: 'boolean', default: false } } });
const list = new CheckList(values['may-miss']);
const noPerl = missingPerlPeer();
if (noPerl === undefined) {
  await list.section('the SMSC of Net::SMPP', () => againstPerlSmsc(list));
  await list.section('the client of Net::SMPP', () => againstPerlEsme(list));
} else {
  list.missing('Net::SMPP', noPerl);
}
await list.section('npm smpp', () => againstNpmSmpp(list));
const noTshark = missingTshark();
if (noTshark === undefined) await list.section('tshark', () => againstTshark(list));
else list.missing('tshark', noTshark);
const noXmpp = missingProsody() ?? missingSlixmpp();
if (noXmpp === undefined) await list.section('Prosody and slixmpp', () => againstSlixmpp(list));
else list.missing('Prosody and slixmpp', noXmpp);
const noClamd = missingClamd();
if (noClamd === undefined) await list.section('clamd', () => againstClamd(list));
else list.missing('clamd', noClamd);
await list.section('the twilio package', () => againstTwilio(list));
list.finish();
process.exitCode = list.failed > 0 ? 1 : 0;
