/**
 * Characters that look like a Latin letter, as hexadecimal code points by letter: Cyrillic, Greek, Armenian, Cherokee,
 * Coptic, Lisu and others after Unicode's confusables (UTS 39, 13.0; single characters that stand for one letter), with
 * our own additions: small capitals, turned and stroked letters, lower-case Cyrillic and Greek as people use them to
 * hide words, negative circled and squared letters and regional indicators. What looks like a digit is not here: a
 * digit never becomes a letter. Characters that NFKC makes Latin (full-width, mathematical, circled) aren't here either.
 * Chosen in docs/decisions/0023.
 */
export const lookAlikes: Readonly<Record<string, string>> = {
  a:
    '01cd 01ce 0226 0227 0250 0251 0391 03b1 0410 0430 13aa 15c5 1d00 2376 237a 2c65 2c81 a4ee ' +
    '102a0 16f40 1f150 1f170 1f1e6',
  b:
    '0180 0182 0183 0184 0253 0299 0392 03b2 0411 0412 042c 0432 044c 0462 0463 048c 048d 13cf ' +
    '13f4 15af 15f7 a4d0 a7b4 10282 102a1 10301 1f151 1f171 1f1e7',
  c:
    '00c7 00e7 023c 0254 0421 0441 04aa 04ab 13df 1d04 2184 2ca4 2ca5 a4da abaf 102a2 10302 10415 ' +
    '1043d 1051c 1f152 1f172 1f1e8 1f74c',
  d: '00d0 00f0 0110 0111 0189 018c 0256 0257 0501 13a0 13e7 146f 15de 15ea 1d05 a4d2 a4d3 1f153 ' + '1f173 1f1e9',
  e:
    '011a 011b 0246 0247 0258 0259 025b 0395 03b5 0415 0435 044d 0454 04bd 04bf 13ac 1d07 212e ' +
    '2d39 a4f0 ab32 10286 118a6 118ae 1f154 1f174 1f1ea',
  f:
    '0191 0192 025f 03dc 0584 15b4 1d6e 1e9d a4dd a730 a798 a799 ab35 10287 102a5 10525 118a2 118c2 ' +
    '1d213 1f155 1f175 1f1eb',
  g: '018d 01e4 01e5 01e6 01e7 01f5 0260 0261 0262 029b 050c 0581 13c0 13f3 1d83 a4d6 1f156 1f176 ' + '1f1ec',
  h:
    '0126 0127 0265 0266 029c 0397 041d 043d 045b 04a2 04bb 04c7 04c9 0570 13bb 13c2 13f2 157c ' +
    '2c67 2c8e a4e7 a695 102cf 1f157 1f177 1f1ed',
  i:
    '0131 0196 0197 01c0 01cf 01d0 0268 0269 026a 0399 03b9 0406 0456 04c0 04cf 13a5 16c1 1d7b ' +
    '1d7c 2373 2378 23fd 2c92 2d4f a4f2 a647 ab75 1028a 10309 118c3 16f28 1f158 1f178 1f1ee',
  j: '0248 0249 037f 03f3 0408 0458 13ab 148d 1d0a a4d9 a7b2 1f159 1f179 1f1ef',
  k: '0199 029e 039a 03ba 041a 043a 049a 049e 13e6 16d5 1d0b 2c69 2c94 a4d7 a740 10518 1f15a 1f17a ' + '1f1f0',
  l: '0141 0142 019a 026b 026d 029f 13de 14aa 2cd0 a4e1 1041b 10526 118a3 118b2 16f16 1d22a 1f15b 1f17b ' + '1f1f1',
  m: '0271 039c 03fa 041c 043c 04cd 13b7 15f0 16d6 1d0d 2c98 a4df 102b0 10311 1f15c 1f17c 1f1f2',
  n: '014b 019d 019e 0272 0273 0274 039d 03b7 041f 043f 0578 057c 1d70 2c9a a4e0 1018e 10513 1f15d ' + '1f17d 1f1f3',
  o:
    '00d8 00f8 019f 01d1 01d2 01fe 0275 0398 039f 03b8 03bf 03c3 041e 043e 0472 0473 04e8 04e9 ' +
    '0555 0585 13be 13eb 1d0f 1d11 236c 2c9e 2c9f 2d31 2d41 2d54 a4f3 a74a a74b ab3d ab3e ab74 ' +
    'ab8e abbb 10292 102ab 10404 1042c 104c2 104ea 10516 118b5 118c8 118d7 1d21a 1f15e 1f17e 1f1f4 1f714',
  p: '01a5 03a1 03c1 0420 0440 13e2 146d 1d18 1d7d 2374 2ca2 2ca3 a4d1 10295 1f15f 1f17f 1f1f5',
  q: '024b 02a0 051b 0563 0566 2d55 a7af 1f160 1f180 1f1f6',
  r:
    '01a6 024d 0279 027c 027d 027e 0280 0433 0493 13a1 13d2 1587 1d26 1d72 2c85 a4e3 ab47 ab48 ' +
    'ab81 104b4 16f35 1d216 1f161 1f181 1f1f7',
  s: '01bd 0282 0405 0455 054f 13d5 13da 1d74 a4e2 a731 abaa 10296 10420 10448 118c1 16f3a 1f162 1f182 ' + '1f1f8',
  t:
    '0166 0167 01ad 01ae 021a 023e 0287 03a4 03c4 0422 0442 04ac 13a2 1d1b 1d75 2361 2ca6 a4d4 ' +
    '10297 102b1 10315 118bc 16f0a 1f163 1f183 1f1f9 1f768',
  u:
    '01d3 01d4 0244 0289 028b 03bc 03c5 054d 057d 13cc 144c 1d1c 1d7e a4f4 a79f ab4e ab52 ab9c ' +
    '104ce 104f6 118b8 118d8 16f42 1f164 1f184 1f1fa',
  v: '028c 03bd 0474 0475 13d9 142f 1d20 2d38 a4e6 aba9 10197 1051d 118a0 118c0 16f08 1d20d 1f165 1f185 ' + '1f1fb',
  w: '026f 028d 03c9 0448 0461 051c 051d 0561 13b3 13d4 1d21 a4ea a761 ab83 1f166 1f186 1f1fc',
  x:
    '03a7 03c7 0425 0445 04b2 1541 157d 166d 16b7 2573 2cac 2d5d a4eb a7b3 10196 10290 102b4 10317 ' +
    '10527 1f167 1f187 1f1fd',
  y:
    '01b4 024e 024f 0263 028e 028f 038e 03a5 03b3 0423 0443 04ae 04af 04b0 04b1 10e7 13a9 13bd ' +
    '1d8c 1eff 2ca8 a4ec ab5a 102b2 118a4 118dc 16f43 1f168 1f188 1f1fe',
  z: '01b5 01b6 0224 0225 0290 0291 0396 13c3 1d22 1d76 a4dc ab93 118a9 118c4 1f169 1f189 1f1ff',
};
