import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/** Collects garbage at once: what nobody holds is gone afterwards. */
export const collect = runInNewContext('gc') as () => void;
