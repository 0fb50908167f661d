/**
 * Networks without a connector, and why: what is asked for most. Facts that may change are said as of their year. Sources:
 * register.apple.com, "Messages for Business"; developers.weixin.qq.com, "Customer Service Message Introduction";
 * developers.snap.com, "Public Profile API" (metadata and posts alone); developers.facebook.com, "Instagram Messaging API";
 * developers.google.com, "RCS for Business: launch approval"; developers.viber.com (commercial terms since 2024-02-05, as
 * en.openintegrations.dev tells). From memory: iMessage, WeChat's personal accounts and who gets an official one, and
 * clients that pose as WhatsApp.
 */
export interface Unbridged {
  readonly network: string;
  readonly why: string;
  /** What can be done in its place. */
  readonly instead?: string;
}

export const unbridged: readonly Unbridged[] = [
  {
    network: 'iMessage',
    why: 'Apple has no interface for it. What exists drives an app on a Mac with a person’s Apple account, which Apple’s terms do not allow and any update may end.',
    instead:
      'Apple Messages for Business is another thing: Apple admits companies to it through providers that it has approved; such a provider’s webhooks can be read by `http`. A text to an iPhone as SMS reaches the same person.',
  },
  {
    network: 'WeChat',
    why: 'Personal accounts have no interface, and clients that are not Tencent’s are shut out. Official accounts have one that takes five answers within 48 hours of each message of a customer’s; Tencent verifies who gets such an account, most kinds of it only for companies in China.',
  },
  {
    network: 'Snapchat',
    why: 'It has no interface for messages between people, and none for companies to be written to.',
  },
  {
    network: 'Instagram, personal accounts',
    why: 'Meta’s interface for messages is for professional accounts (business or creator) that are linked to an app which Meta has reviewed.',
    instead: 'With such an account: `http`, as with Messenger.',
  },
  {
    network: 'Facebook Messenger, personal accounts',
    why: 'Meta’s interface speaks for pages, not for people.',
    instead: 'A page: `http` with the example for Messenger.',
  },
  {
    network: 'WhatsApp, without the Business Platform',
    why: 'The app on a phone has no interface. Clients that pose as one break WhatsApp’s terms, and their numbers are closed.',
    instead: '`whatsapp-cloud`; a number that stays in the WhatsApp Business app can be connected to it as well.',
  },
  {
    network: 'RCS',
    why: 'Messages of companies go through an agent that Google or the carrier approves, or both, for each carrier’s network, and customers can’t write first; there is no connector for it yet.',
    instead: 'A provider that offers it with webhooks: `http`, or a connector of your own ([how](connectors.md)).',
  },
  {
    network: 'Viber',
    why: 'Since 2024 bots are made only under commercial terms with Viber or one of its partners.',
    instead: 'With those: `http`.',
  },
];
