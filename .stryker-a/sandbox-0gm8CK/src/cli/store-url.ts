import { UsageError } from '../model/fault.ts';
import { STORE_VARIABLE } from './fleet-key.ts';

/** The store that the options or the environment name. Throws UsageError. */
export const storeUrl = (given: string | null): string => {
  const url = given ?? process.env[STORE_VARIABLE];
  if (url !== undefined && url !== '') return url;
  throw new UsageError(`no store given; expected --redis URL or ${STORE_VARIABLE} in the environment`);
};
