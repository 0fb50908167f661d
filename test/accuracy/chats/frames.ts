/** Sentences of a chat into which a value is put: `{}`. By detector, with a word that says what it is; and without any. */
type Frames = readonly [string, ...string[]];

export const frames: ReadonlyMap<string, Frames> = new Map<string, Frames>([
  [
    'card',
    [
      'my card number is {}, exp 04/29',
      'Please charge it to {} (visa)',
      'Kreditkarte: {}',
      'voici ma carte bancaire {}',
      'mi tarjeta es {} gracias',
      'ok the card is\n{}\nlet me know when it went through',
    ],
  ],
  [
    'iban',
    ['IBAN {}', 'bitte auf {} überweisen', 'my bank account is {}', 'el IBAN es {}', 'send the refund to {} please'],
  ],
  ['aba', ['routing number {} and the account ends 4471', 'ABA {}', 'wire it, routing {}']],
  ['ssn-us', ['my social security number is {}', 'SSN: {}', 'ssn {} as you asked', 'for the form: social {}']],
  ['id-at', ['Sozialversicherungsnummer {}', 'meine SVNR ist {}']],
  ['id-be', ['rijksregisternummer {}', 'numéro national : {}']],
  ['id-br', ['meu CPF é {}', 'CPF {}']],
  ['id-ca', ['my SIN is {}', 'SIN {} for the tax slip']],
  ['id-ch', ['AHV-Nummer {}', 'mon numéro AVS est {}']],
  ['id-cn', ['我的身份证号 {}', '身份证 {}', 'identity number {}']],
  ['id-de', ['Steuer-ID {}', 'meine Steueridentifikationsnummer lautet {}', 'IdNr {}']],
  ['id-es', ['mi DNI es {}', 'DNI {}', 'NIF: {}']],
  ['id-fi', ['henkilötunnus {}', 'hetu {}']],
  ['id-fr', ['numéro de sécurité sociale {}', 'NIR {}', 'mon numéro sécu : {}']],
  ['id-hr', ['moj OIB je {}', 'OIB: {}']],
  ['id-in', ['my aadhaar is {}', 'Aadhaar {}']],
  ['id-nl', ['mijn BSN is {}', 'BSN {}', 'burgerservicenummer {}']],
  ['id-pl', ['mój PESEL to {}', 'PESEL {}']],
  ['id-se', ['mitt personnummer är {}', 'personnummer {}']],
  ['medical', ['NHS number {}', 'my nhs no is {}', 'the patient is NHS {}']],
  ['crypto', ['send the btc to {}', 'wallet {}', 'bitcoin address: {}']],
  ['secret', ['the api key is {}', 'token={}', 'use {} until we rotate it', 'export KEY={}']],
  ['email', ['write to {}', 'cc {} please', 'her address is {}']],
  ['phone', ['my number is {}', 'call me at {}', 'Tel. {}', 'reach him on {} after six']],
  ['ip', ['the server is at {}', 'ip address {}', 'we block {} at the firewall']],
]);

export const bare: Frames = [
  '{}',
  'here you go: {}',
  '{} - thanks!',
  'as promised {}',
  'it is {}, tell me when you have it',
  'hier bitte {}',
  'voilà {}',
];

/** What people say otherwise; `{n}` a small number, `{w}` somebody. */
export const talk: Frames = [
  'morning! did the samples arrive?',
  'running {n} minutes late, sorry',
  'can we move the call to {n}:30?',
  'thanks {w}, that helps a lot',
  'I will send the offer by Friday',
  'the client wants {n} pieces, is that ok with you?',
  'Können wir das am Montag besprechen?',
  'Ja passt, bis {n} Uhr dann',
  'on se voit {n} h devant le bureau ?',
  'perfecto, nos vemos mañana',
  'ok 👍',
  'lol no way',
  'my card is still in the mail, I will pay when it comes',
  'the SSN field on the form is empty, please fill it in',
  'which bank do you use? we only need the name for now',
  'please never send card numbers here, use the link',
  'your passport should be valid for six months',
  'the password rules changed, check the wiki',
  'did you get the IBAN from {w} already?',
  'our booth is {n}B, hall {n}',
  '{w} is out until the {n}th, ask me instead',
  'The invoice is attached, net {n} days as agreed.',
  'I think we should wait for the numbers of the second quarter before we decide on the new line',
  'hab dir die Unterlagen ins Portal gestellt',
  'merci beaucoup, bonne journée à vous !',
];

export const people: Frames = ['Anna', 'Tom', 'Maria', 'Pfuchs', 'Yuki', 'Omar', 'Lena', 'Jorge', 'Claire', 'Ivan'];
