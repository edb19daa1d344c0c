import type { JudgedEvent } from '../../model/event.ts';
import type { Run, RunStart } from '../../model/report.ts';
import { shownVerdict } from '../../model/shown-verdict.ts';
import { CODE, type Code } from '../kit/host-code.ts';

/** What a stretch of the stream means for the screen. Reports are not kept: a host is its number and a byte. */
export interface Batch {
  readonly hosts: readonly number[];
  /** One for each of `hosts`. */
  readonly codes: readonly Code[];
  readonly run: RunStart | Run | null;
  readonly notices: readonly string[];
}

/** Gathers events until they are taken. */
export interface Gatherer {
  readonly add: (event: JudgedEvent) => void;
  /** What came since the last call; null when nothing did that shows. */
  readonly take: () => Batch | null;
}

interface Gathering {
  readonly hosts: number[];
  readonly codes: Code[];
  run: RunStart | Run | null;
  readonly notices: string[];
}

const nothing = (): Gathering => ({ hosts: [], codes: [], run: null, notices: [] });

/** A gatherer that has nothing yet. */
export const createGatherer = (): Gatherer => {
  let gathered = nothing();
  const note = (host: number, code: Code): void => {
    gathered.hosts.push(host);
    gathered.codes.push(code);
  };
  return {
    add: (event) => {
      switch (event.type) {
        case 'host-started':
          note(event.host, CODE.asking);
          break;
        case 'host-judged':
          note(event.host, CODE[shownVerdict(event.report)]);
          break;
        case 'notice':
          gathered.notices.push(event.text);
          break;
        case 'run-started':
        case 'run-finished':
          gathered.run = event.run;
          break;
        case 'asking':
        case 'answered':
        case 'echoed':
          break;
      }
    },
    take: () => {
      const batch = gathered;
      const isEmpty = batch.hosts.length === 0 && batch.run === null && batch.notices.length === 0;
      if (isEmpty) return null;
      gathered = nothing();
      return batch;
    },
  };
};
