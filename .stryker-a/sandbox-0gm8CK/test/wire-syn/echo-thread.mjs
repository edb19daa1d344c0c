// Stands for the thread of a sweep: every probe is refused at once, each in a message of its own.
import { parentPort } from 'node:worker_threads';

const FIELDS = 8;
let taken = 0;
parentPort.on('message', (order) => {
  if (order.kind === 'ask') {
    for (let at = 0; at < order.numbers.length; at += FIELDS) {
      const others = [[order.numbers[at], { kind: 'refused', rttMs: 1, by: 'unknown' }]];
      parentPort.postMessage({ kind: 'replies', taken: ++taken, numbers: new Float64Array(), others });
    }
  }
  if (order.kind === 'end') {
    const end = { isStopped: false, probes: taken, packets: taken, ignored: 0, overruns: 0 };
    parentPort.postMessage({ kind: 'end', end });
  }
});
