import { type Seal, sealWith } from '../fleet/signed.ts';
import { UsageError } from '../model/fault.ts';
import { readBytes } from './read-bytes.ts';

/** Name of the variable with the fleet key, and of that with the URL of the store: neither belongs on a command line. */
export const KEY_VARIABLE = 'RA_PREFLIGHT_FLEET_KEY';
export const STORE_VARIABLE = 'RA_PREFLIGHT_REDIS';

/** The seal of the fleet: with the key in a file, where one is named, else with that of the environment. Throws UsageError. */
export const fleetSeal = async (file: string | null): Promise<Seal> => {
  if (file !== null) {
    const bytes = await readBytes(file, `--fleet-key-file ${file}`, 1);
    return sealWith(bytes.toString());
  }
  const key = process.env[KEY_VARIABLE];
  if (key === undefined || key === '')
    throw new UsageError(
      `a fleet needs a key: put the same one into ${KEY_VARIABLE} on all machines, or into a file for --fleet-key-file`,
    );
  return sealWith(key);
};
