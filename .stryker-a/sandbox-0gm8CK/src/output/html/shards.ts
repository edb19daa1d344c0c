import type { ShardRun } from '../../model/report.ts';
import { html, type Markup } from './markup.ts';

/** Which machine probed which shard of a merged run. */
export const shardsSection = (shards: readonly ShardRun[]): Markup => html`<section aria-labelledby="shards">
<h2 id="shards">Shards</h2>
<div class="rows"><table>
<thead><tr><th scope="col">Shard</th><th scope="col">Machine</th><th scope="col">Engine</th><th scope="col">Hosts</th><th scope="col">Probes</th><th scope="col">Begun</th><th scope="col">Ended</th></tr></thead>
<tbody>${shards.map(
  ({ number, vantage, engine, hosts, probesSent, startedAt, finishedAt }) =>
    html`<tr><th scope="row">${number}</th><td>${vantage}</td><td>${engine}</td><td>${hosts}</td><td>${probesSent}</td><td>${startedAt}</td><td>${finishedAt}</td></tr>\n`,
)}</tbody>
</table></div></section>
`;
