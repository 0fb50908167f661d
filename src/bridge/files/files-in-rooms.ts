/** The files of networks' messages as the bridge shows them. */
import type { BridgeDeps } from '../bridge-deps.ts';
import { MessageFiles } from './message-files.ts';

/** Undefined where no file is shown. */
export function filesInRooms({ files, ...deps }: BridgeDeps): MessageFiles | undefined {
  return files === undefined ? undefined : new MessageFiles({ ...deps, ...files });
}
