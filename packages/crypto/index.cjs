'use strict';
/**
 * Stands where the native crypto module would be. Both Matrix SDKs load it when they start; Gatehouse uses it for nothing,
 * because encryption is not built into this version. Whoever reaches for a crypto class is told so.
 */

class EncryptionNotBuiltIn extends Error {
  constructor(what) {
    super(`${what}: encryption is not built into this version of Gatehouse. Use an unencrypted room.`);
    this.name = 'EncryptionNotBuiltIn';
    this.code = 'GATEHOUSE_NO_ENCRYPTION';
  }
}

/** A class of the native module that can be named and compared, but neither made nor asked for anything. */
function absent(name) {
  const refuse = () => {
    throw new EncryptionNotBuiltIn(name);
  };
  const target = class {
    constructor() {
      refuse();
    }
  };
  Object.defineProperty(target, 'name', { value: name });
  return new Proxy(target, {
    get: (of, key) => (key in of || typeof key === 'symbol' ? of[key] : refuse),
    apply: refuse,
  });
}

/** The names that the SDKs import (bot-sdk `e2ee/`). */
const names = [
  'Attachment',
  'DeviceId',
  'DeviceKeyId',
  'DeviceLists',
  'EncryptedAttachment',
  'EncryptionSettings',
  'KeysBackupRequest',
  'KeysClaimRequest',
  'KeysQueryRequest',
  'KeysUploadRequest',
  'Machine',
  'OlmMachine',
  'RoomId',
  'RoomMessageRequest',
  'SignatureUploadRequest',
  'ToDeviceRequest',
  'UserId',
];

module.exports = {
  EncryptionNotBuiltIn,
  StoreType: Object.freeze({ Sled: 0, Sqlite: 0 }),
  ...Object.fromEntries(names.map((name) => [name, absent(name)])),
};
