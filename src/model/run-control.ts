/** What a person may change about a run while it goes on. Beside an abort, the only thing that travels against the stream. */
export interface RunControl {
  readonly paused: boolean;
  /** Packets a second over all hosts. */
  readonly rate: number;
  /** Packets that left this machine by now. */
  readonly sent: number;
  /** No further probe is sent; those in flight end as usual. */
  pause(): void;
  resume(): void;
  /** Takes effect with the next probe. Bounded by what the run allows. */
  setRate(perSecond: number): void;
}
