import type { ScheduleSpec } from '../../src/schedule/spec.ts';

interface Timer {
  readonly at: number;
  readonly ring: () => void;
}

const someTurns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** A made-up machine: its clock on the wall can be set and goes on in sleep, its timers and monotonic clock do not. */
export class FakeClock {
  #wall: number;
  #mono = 0;
  #timers: Timer[] = [];
  longestSleep = 0;

  constructor(start: string) {
    this.#wall = Date.parse(start);
  }

  readonly now = (): Date => new Date(this.#wall);
  readonly monotonic = (): number => this.#mono;

  readonly wait = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(new DOMException('stopped', 'AbortError'));
      const timer = { at: this.#mono + ms, ring: resolve };
      this.#timers.push(timer);
      signal.addEventListener(
        'abort',
        () => {
          this.#timers = this.#timers.filter((other) => other !== timer);
          reject(new DOMException('stopped', 'AbortError'));
        },
        { once: true },
      );
    });

  readonly sleep = (ms: number, signal: AbortSignal): Promise<void> => {
    this.longestSleep = Math.max(this.longestSleep, ms);
    return this.wait(ms, signal);
  };

  /** Lets the machine run until its wall clock shows that time, given that nobody sets it. */
  async until(time: string): Promise<void> {
    const end = this.#mono + Date.parse(time) - this.#wall;
    await someTurns();
    for (;;) {
      this.#timers.sort((a, b) => a.at - b.at);
      const [timer] = this.#timers;
      if (!timer || timer.at > end) break;
      this.#timers.shift();
      this.#forward(timer.at - this.#mono);
      timer.ring();
      await someTurns();
    }
    this.#forward(end - this.#mono);
  }

  /** Sleep of the machine, or a clock set forward; negative: a clock set back. */
  jump(ms: number): void {
    this.#wall += ms;
  }

  #forward(ms: number): void {
    this.#wall += ms;
    this.#mono += ms;
  }
}

export const scheduleSpec = (name: string, cron: string, timezone: string | null = 'UTC'): ScheduleSpec => ({
  name,
  cron,
  timezone,
  targets: ['127.0.0.1'],
  formats: [],
  out: null,
  options: {},
  notify: undefined,
});
