/** XML namespaces of the standards that are spoken here, by what they are for. */
export const ns = {
  /** XEP-0114. */
  component: 'jabber:component:accept',
  streams: 'http://etherx.jabber.org/streams',
  streamErrors: 'urn:ietf:params:xml:ns:xmpp-streams',
  stanzaErrors: 'urn:ietf:params:xml:ns:xmpp-stanzas',
  /** XEP-0199. */
  ping: 'urn:xmpp:ping',
  /** XEP-0030. */
  discoInfo: 'http://jabber.org/protocol/disco#info',
  discoItems: 'http://jabber.org/protocol/disco#items',
  /** XEP-0115. */
  caps: 'http://jabber.org/protocol/caps',
  /** XEP-0054. */
  vcard: 'vcard-temp',
  /** XEP-0184. */
  receipts: 'urn:xmpp:receipts',
  /** XEP-0333. */
  markers: 'urn:xmpp:chat-markers:0',
  /** XEP-0085. */
  chatStates: 'http://jabber.org/protocol/chatstates',
  /** XEP-0308. */
  correct: 'urn:xmpp:message-correct:0',
  /** XEP-0424, from 0.4 on; `retractOld` with XEP-0422 before. */
  retract: 'urn:xmpp:message-retract:1',
  retractOld: 'urn:xmpp:message-retract:0',
  fasten: 'urn:xmpp:fasten:0',
  /** XEP-0425. */
  moderate: 'urn:xmpp:message-moderate:1',
  moderateOld: 'urn:xmpp:message-moderate:0',
  /** XEP-0444. */
  reactions: 'urn:xmpp:reactions:0',
  /** XEP-0461. */
  reply: 'urn:xmpp:reply:0',
  /** XEP-0428; `fallbackOld` stood in 0461 before. */
  fallback: 'urn:xmpp:fallback:0',
  fallbackOld: 'urn:xmpp:feature-fallback:0',
  /** XEP-0359. */
  sid: 'urn:xmpp:sid:0',
  /** XEP-0203. */
  delay: 'urn:xmpp:delay',
  /** XEP-0334. */
  hints: 'urn:xmpp:hints',
  /** XEP-0363. */
  upload: 'urn:xmpp:http:upload:0',
  /** XEP-0066. */
  oob: 'jabber:x:oob',
  /** XEP-0447 and the XEP-0446 within. */
  fileSharing: 'urn:xmpp:sfs:0',
  fileMetadata: 'urn:xmpp:file:metadata:0',
  hashes: 'urn:xmpp:hashes:2',
  urlData: 'http://jabber.org/protocol/url-data',
  /** XEP-0080. */
  geoloc: 'http://jabber.org/protocol/geoloc',
  /** XEP-0393. */
  styling: 'urn:xmpp:styling:0',
  /** XEP-0380. */
  encryption: 'urn:xmpp:eme:0',
  /** XEP-0045. */
  muc: 'http://jabber.org/protocol/muc',
  mucUser: 'http://jabber.org/protocol/muc#user',
  mucOwner: 'http://jabber.org/protocol/muc#owner',
  /** XEP-0421. */
  occupantId: 'urn:xmpp:occupant-id:0',
  /** XEP-0249. */
  invitation: 'jabber:x:conference',
  /** XEP-0280 and the XEP-0297 within. */
  carbons: 'urn:xmpp:carbons:2',
  forward: 'urn:xmpp:forward:0',
  /** XEP-0313. */
  mam: 'urn:xmpp:mam:2',
  /** XEP-0059. */
  paging: 'http://jabber.org/protocol/rsm',
  /** RFC 6120: what clients' messages are written in, and so what archives hold. */
  client: 'jabber:client',
  /** XEP-0353. */
  jingleMessage: 'urn:xmpp:jingle-message:0',
  /** XEP-0191, with a bounce. */
  blocked: 'urn:xmpp:blocking:errors',
  dataForms: 'jabber:x:data',
  nick: 'http://jabber.org/protocol/nick',
} as const;
