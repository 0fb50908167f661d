/** Every network that the crash run has a line on. */
import type { MakePlayer } from '../player.ts';
import { androidPlayer } from './android.ts';
import { linePlayer } from './line.ts';
import { signalPlayer } from './signal.ts';
import { smppPlayer } from './smpp.ts';
import { calledTelegramPlayer, telegramPlayer } from './telegram.ts';
import { twilioPlayer } from './twilio.ts';
import { whatsappPlayer } from './whatsapp.ts';
import { xmppPlayer } from './xmpp.ts';

export interface Network {
  /** Of its connector and its line, and what its customers are called by. */
  readonly id: string;
  readonly type: string;
  readonly make: MakePlayer;
}

export const networks: readonly Network[] = [
  { id: 'telegram', type: 'telegram', make: telegramPlayer },
  { id: 'telegramhook', type: 'telegram', make: calledTelegramPlayer },
  { id: 'whatsapp', type: 'whatsapp-cloud', make: whatsappPlayer },
  { id: 'twilio', type: 'twilio', make: twilioPlayer },
  { id: 'phone', type: 'android-sms-gateway', make: androidPlayer },
  { id: 'signal', type: 'signal-cli', make: signalPlayer },
  { id: 'xmpp', type: 'xmpp', make: xmppPlayer },
  { id: 'smpp', type: 'smpp', make: smppPlayer },
  { id: 'line', type: 'http', make: linePlayer },
];
