import { describe, expect, it } from 'vitest';
import type { ScanEvent } from '../../src/model/event.ts';
import { judge } from '../../src/verdict/judge.ts';
import { ADDRESS, CAPABILITIES, plan } from './arbitraries.ts';

async function* stream(events: readonly ScanEvent[]): AsyncGenerator<ScanEvent> {
  yield* events;
}

describe('judge', () => {
  it('turns evidence into a report where it stands in the stream, and passes all else on', async () => {
    const notice: ScanEvent = { type: 'notice', text: 'short of descriptors' };
    const echoed: ScanEvent = { type: 'echoed', host: 1, echo: { kind: 'not-observed', why: 'test' } };
    const finished: ScanEvent = {
      type: 'host-finished',
      host: 1,
      evidence: {
        target: { kind: 'address', text: ADDRESS, address: ADDRESS, family: 4 },
        address: ADDRESS,
        family: 4,
        names: [],
        resolution: null,
        otherAddresses: [],
        echo: { kind: 'not-observed', why: 'test' },
        ports: [],
        mapped: [],
        traces: [],
        lossEstimate: 0,
        control: null,
        multipath: [],
        interrupted: false,
      },
    };
    const out = [];
    for await (const event of judge(stream([notice, finished, echoed]), plan, CAPABILITIES)) out.push(event);
    expect(out[0]).toBe(notice);
    expect(out[1]).toMatchObject({
      type: 'host-judged',
      host: 1,
      report: {
        target: ADDRESS,
        verdict: 'undetermined',
        because: [{ rule: 'nothing-asked' }, {}, {}, {}, {}],
      },
    });
    expect(out[2]).toBe(echoed);
  });
});
