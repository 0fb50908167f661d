/** Files of the log beside its tiles (DESIGN 11). */
export const CHECKPOINT_FILE = 'checkpoint';
export const VKEY_FILE = 'vkey';
