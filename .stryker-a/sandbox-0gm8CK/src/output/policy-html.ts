import type { PolicyReport } from '../model/policy.ts';
import { html } from './html/markup.ts';
import { headOf } from './html/page-head.ts';
import { policySection } from './html/policy.ts';

/** A policy report as one HTML page that runs no script. Text from the files is escaped. */
export const renderPolicyHtml = function* (report: PolicyReport): Iterable<string> {
  yield html`${headOf(`Remote Assistance policy: ${report.verdict}`)}<header>
<h1>Remote Assistance policy</h1>
</header>
<main>
${policySection(report)}</main>
</body>
</html>
`.text;
};
