import type { ShardRun } from '../../model/report.ts';
import { cleanText } from '../../text/clean-text.ts';
import { counted } from '../../text/counts.ts';
import { wrapIndented } from '../../text/fit-text.ts';
import type { FormatOptions } from '../format.ts';
import { paint } from './draw.ts';

/** What fits one screen; `verbose` shows all. */
const MOST = 20;

/** Which machine probed which shard of a merged run, a line each. */
export const shardLines = (shards: readonly ShardRun[], options: FormatOptions): string[] => {
  const shown = options.verbose ? shards : shards.slice(0, MOST);
  const more = shards.length - shown.length;
  return [
    paint('Shards', 'bold', options),
    ...shown.flatMap(({ number, vantage, engine, hosts, probesSent, startedAt, finishedAt }) =>
      wrapIndented(
        `${cleanText(vantage)}, engine ${engine}: ${counted(hosts, 'host')}, ${counted(probesSent, 'probe')}, ${startedAt} to ${finishedAt}`,
        options.width,
        `  ${number}. `,
      ),
    ),
    ...(more > 0 ? [`  and ${more} more shards (-v shows all)`] : []),
  ];
};
