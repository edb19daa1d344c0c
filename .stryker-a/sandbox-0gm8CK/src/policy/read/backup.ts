import { readXml } from './xml.ts';

/** What the description of a GPO backup says of it. */
export interface BackupInfo {
  readonly name: string | null;
  /** False where the computer settings of the GPO are disabled; null where the file does not say. */
  readonly computerEnabled: boolean | null;
}

/** Bits of the options of a GPO: user settings disabled, computer settings disabled (MS-GPOL 2.2.4, `flags`). */
const COMPUTER_DISABLED = 2;

const NAMES = new Set(['GPODisplayName', 'DisplayName']);

/** Reads `bkupInfo.xml` or `Backup.xml` of a GPO backup. Throws PolicyFault. */
export const readBackupInfo = (bytes: Uint8Array): BackupInfo => {
  let name: string | null = null;
  let computerEnabled: boolean | null = null;
  readXml(
    bytes,
    (path) =>
      NAMES.has(path.at(-1) ?? '') ||
      (path.at(-1) === 'Options' && path.at(-2) === 'GroupPolicyCoreSettings'),
    (element) => {
      const text = element.text.trim();
      if (NAMES.has(element.name)) name ??= text || null;
      else if (/^\d$/.test(text)) computerEnabled = (Number(text) & COMPUTER_DISABLED) === 0;
    },
  );
  return { name, computerEnabled };
};
