import { readFile } from 'node:fs/promises';
import { type Seal, sealWith } from '../fleet/signed.ts';
import { UsageError } from '../model/fault.ts';

/** Name of the variable with the fleet key, and of that with the URL of the store: neither belongs on a command line. */
export const KEY_VARIABLE = 'RA_PREFLIGHT_FLEET_KEY';
export const STORE_VARIABLE = 'RA_PREFLIGHT_REDIS';

/** The seal of the fleet: with the key in a file, where one is named, else with that of the environment. Throws UsageError. */
export const fleetSeal = async (file: string | null): Promise<Seal> => {
  if (file !== null) {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw new UsageError(`--fleet-key-file ${file}: cannot be read (${error.code ?? error})`);
    });
    return sealWith(text);
  }
  const key = process.env[KEY_VARIABLE];
  if (key === undefined || key === '')
    throw new UsageError(
      `a fleet needs a key: put the same one into ${KEY_VARIABLE} on all machines, or into a file for --fleet-key-file`,
    );
  return sealWith(key);
};
