import type { HostReport } from '../../src/model/report.ts';
import { judgeHost } from '../../src/verdict/judge-host.ts';
import { capabilitiesOf, evidenceOf, planOf, type Scenario } from './load.ts';

/** What the rules make of a scenario. */
export const judge = (scenario: Scenario): HostReport =>
  judgeHost(evidenceOf(scenario), planOf(scenario), capabilitiesOf(scenario));
