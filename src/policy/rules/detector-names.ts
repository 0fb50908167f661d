/** What rules can name, without the detectors themselves: they are loaded where texts are judged, and nowhere else. */
export const detectorNames: readonly string[] = [
  ...['card', 'iban', 'aba', 'ssn-us', 'itin-us'],
  ...['id-at', 'id-be', 'id-ch', 'id-de', 'id-fr', 'id-gb', 'id-ie', 'id-nl', 'id-es', 'id-gr', 'id-it', 'id-pt'],
  ...['id-hr', 'id-si', 'id-tr', 'id-dk', 'id-ee', 'id-fi', 'id-is', 'id-lt', 'id-lv', 'id-no', 'id-se', 'id-bg'],
  ...['id-cz', 'id-hu', 'id-pl', 'id-ro', 'id-ru', 'id-sk', 'id-br', 'id-ca', 'id-cl', 'id-mx', 'id-au', 'id-cn'],
  ...['id-il', 'id-in', 'id-kr', 'id-th', 'id-tw', 'id-za'],
  ...['phone', 'email', 'passport', 'medical', 'crypto', 'ip', 'secret', 'birth-date'],
];
